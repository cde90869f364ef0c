// Pictures that are chosen, dropped or pasted, and web addresses: into their place, which is one of
// the first two where none is named. What is no picture is not sent: its kind gets a sentence there.
const PLACES = ['content', 'style'], LARGEST = LARGEST_MEGABYTES * 1e6;
// Not every system knows the type of HEIC: what has none, the server looks into.
const UNKNOWN = 'application/octet-stream';
const RAW = /\.(dng|cr2|cr3|nef|nrw|arw|orf|rw2|raf|pef|srw)$/i;
const FILMS = /\.(mov|mp4|m4v|mkv|avi|webm|wmv|mts|3gp)$/i, SOUNDS = /\.(mp3|m4a|wav|flac|ogg|opus)$/i;
const TEXT = 'textarea, [contenteditable=true], input:not([type=range], [type=radio], '
  + '[type=checkbox], [type=file], [type=button])';
window.nstPlaces?.abort();  // of this component, mounted before
window.nstPlaces = new AbortController();
const on = (name, listener, capture = false) =>
  window.addEventListener(name, listener, {capture, signal: window.nstPlaces.signal});

const area = place => document.getElementById('nst-' + place);
const isEmpty = place => !area(place)?.querySelector('.image-frame img');
const nameOf = node => node?.id.slice('nst-'.length);
const placeAt = node => nameOf(node?.closest?.('.nst-given'));
// Where a file can be chosen or dropped, but nothing is pasted: it would take a painting's paste.
const takerAt = node => nameOf(node?.closest?.('.nst-given, .nst-takes'));
const columnAt = node => PLACES.find(place =>
  document.getElementById('nst-place-' + place)?.contains(node)) || takerAt(node);
const WHOSE = {mask_editor: 'content'};  // what is painted on is the photograph

// Where a picture goes that was not dropped on a place: a touch counts until a picture came there.
let touched = null;
const target = () =>
  placeAt(document.activeElement) || touched || PLACES.find(isEmpty) || PLACES[0];
on('pointerdown', event => { touched = placeAt(event.target) || null; }, true);

// Gradio calls both places by one name: without it, they are called by what is written in them.
const rename = () => PLACES.forEach(place =>
  area(place)?.querySelector('button.upload-container')?.removeAttribute('aria-label'));
const changes = new MutationObserver(rename);
changes.observe(document.body, {childList: true, subtree: true});
window.nstPlaces.signal.addEventListener('abort', () => changes.disconnect());
rename();

const kindOf = ({file, folder}) => {
  if (folder) return 'folder';
  if (!file.size) return 'empty';
  if (RAW.test(file.name)) return 'raw';
  const type = file.type;
  if (type.startsWith('video/') || FILMS.test(file.name)) return 'video';
  if (type.startsWith('audio/') || SOUNDS.test(file.name)) return 'audio';
  if (type === 'application/pdf') return 'pdf';
  if (type.startsWith('image/svg')) return 'svg';
  if (type && type !== UNKNOWN && !type.startsWith('image/')) return 'other';
  return file.size > LARGEST ? 'large' : '';
};

const ours = new WeakSet();  // events that Gradio is to have
const toGradio = (node, event) => { ours.add(event); node?.dispatchEvent(event); };

const take = (place, found) => {
  if (!found.length) return;
  const good = found.find(one => !kindOf(one));
  if (!good) return trigger('select', {place, kind: kindOf(found[0])});
  const input = area(WHOSE[place] || place).querySelector('input[type=file]');
  if (!input) return;  // another one is on its way to this place
  const {file} = good, carried = new DataTransfer();
  const type = 'image/unknown';  // of anything else, Gradio says so in its own words
  carried.items.add(
    file.type.startsWith('image/') ? file : new File([file], file.name, {type}));
  input.files = carried.files;
  touched = null;
  toGradio(input, new Event('change', {bubbles: true}));
};

const bring = async (place, address) => {
  if (!/^data:/i.test(address) && new URL(address).origin !== location.origin)
    return trigger('submit', {place, address});
  try {  // the page's own picture, which the server would not fetch from itself
    const blob = await (await fetch(address)).blob();
    take(place, [{file: new File([blob], 'picture', {type: blob.type})}]);
  } catch { trigger('select', {place, kind: 'other'}); }
};

const filesIn = data => [...data.items].filter(item => item.kind === 'file').map(item => ({
  folder: item.webkitGetAsEntry?.()?.isDirectory, file: item.getAsFile(),
})).filter(one => one.folder || one.file);

// Of a picture that was dragged or copied out of a page, else the link or the text that came.
const addressIn = data => {
  const text = data.getData('text/plain').trim();
  const link = data.getData('text/uri-list').split(/\r?\n/).find(line => line && line[0] !== '#');
  const html = new DOMParser().parseFromString(data.getData('text/html'), 'text/html');
  const picture = link || !text ? html.querySelector('img[src]')?.getAttribute('src') : null;
  return [picture, link, text].find(words => /^(https?:\/\/|data:image\/)\S+$/i.test(words || ''));
};

const takeAll = (place, data) => {
  const found = filesIn(data), address = addressIn(data);
  if (found.length) take(place, found);
  else if (address) bring(place, address);
  return Boolean(found.length || address);
};

on('paste', event => {
  if (!event.defaultPrevented && !event.target.closest?.(TEXT + ', dialog'))
    if (takeAll(target(), event.clipboardData)) event.preventDefault();
});

on('change', event => {
  const place = event.target.matches?.('input[type=file]') && takerAt(event.target);
  if (!place || ours.has(event)) return;
  event.stopImmediatePropagation();
  take(place, [...event.target.files].map(file => ({file})));
}, true);

on('drop', event => {
  const place = columnAt(event.target);
  if (!place || ours.has(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Gradio's own drop, of nothing, ends the place's look while something is dragged over it.
  const nothing = {cancelable: true, dataTransfer: new DataTransfer()};
  toGradio(area(place).querySelector('button.upload-container'), new DragEvent('drop', nothing));
  takeAll(place, event.dataTransfer);
}, true);

// A file that misses the places would be opened by the browser, instead of the page.
let fromHere = false;
on('dragstart', () => { fromHere = true; }, true);
on('dragend', () => { fromHere = false; }, true);
on('dragover', event => {
  const wanted = columnAt(event.target) || (!fromHere && event.dataTransfer.types.includes('Files'));
  if (wanted && !event.target.closest?.(TEXT)) event.preventDefault();
});
on('drop', event => {
  if (event.defaultPrevented || fromHere || event.target.closest?.(TEXT)) return;
  if (event.dataTransfer.types.includes('Files')) event.preventDefault();
  take(target(), filesIn(event.dataTransfer));
});
