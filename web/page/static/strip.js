// The pictures of this visit. They are kept in this tab only, and end with it.
const KEY = 'nst-visit', MOST = 12;
const DELETES = ['Delete', 'Backspace'];  // a Mac's keyboard has the second one alone
// Many pictures have one photograph, which is kept once; what was deleted does not come back.
let items = [], photographs = {}, gone = [];
try {
  ({items = [], photographs = {}, gone = []} = JSON.parse(sessionStorage.getItem(KEY)) || {});
} catch { /* storage is off */ }
let deleted = null;  // the last one, and where it was

const button = (text, onclick) => make('button', {
  type: 'button', className: 'nst-button', textContent: text, onclick,
});
const fileName = item => `${item.name || 'painted'}.jpg`;
const tileOf = item => element.querySelector(`[data-id="${item?.id}"]`);
const say = (...words) => element.querySelector('[role=status]').replaceChildren(...words);

const compared = item => {
  const after = make('img', {src: item.picture, alt: `After: ${item.words}`});
  const before = photographs[item.photograph];
  const figure = make('figure', {className: before ? 'nst-compare' : 'nst-alone'});
  if (before) {
    const slider = make('input', {
      type: 'range', value: 0,
      oninput: () => figure.style.setProperty('--at', slider.value + '%'),
    });
    slider.setAttribute('value', 0);
    slider.setAttribute('aria-label', 'How much of the photograph is shown, percent');
    figure.style.setProperty('--at', '0%');
    figure.append(make('img', {src: before, alt: 'Before: the photograph'}), after, slider);
  } else figure.append(after);
  after.onload = () =>
    figure.style.setProperty('--ratio', after.naturalWidth / after.naturalHeight);
  return figure;
};

const useAsPhotograph = async item => {
  const place = document.getElementById('nst-content');
  try {
    const blob = await (await fetch(item.picture)).blob();
    const sent = await upload(new File([blob], fileName(item), {type: 'image/jpeg'}));
    element.querySelector('.nst-strip').chosen = {
      path: sent.path, url: sent.url, orig_name: fileName(item), mime_type: 'image/jpeg',
      meta: {_type: 'gradio.FileData'},
    };
    trigger('upload');
  } catch {
    return say('The picture could not be sent. Please try again.');
  }
  say('It is the photograph now: press Paint.');
  if (matchMedia('(max-width: 999px)').matches) place.scrollIntoView({block: 'center'});
};

const open = item => {
  const dialog = make('dialog', {className: 'nst-dialog'});
  const closing = (text, action) => button(text, () => { dialog.close(); action?.(); });
  const save = make('a', {
    className: 'nst-button', textContent: 'Save this copy', href: item.picture,
    download: fileName(item),
  });
  const words = photographs[item.photograph] ? `Drag to compare. ${item.words}` : item.words;
  const away = closing('Delete', () => remove(item));
  away.classList.add('nst-delete');
  dialog.setAttribute('aria-label', 'A picture of this visit');
  dialog.append(compared(item), make('p', {textContent: words}), make('p', {},
    closing('Use as photograph', () => useAsPhotograph(item)),
    ...(item.settings ? [closing(
      'Use these settings', () => trigger('click', {settings: item.settings}))] : []),
    save, away, closing('Close')));
  dialog.onclose = () => { dialog.remove(); tileOf(item)?.focus(); };
  element.closest('.contain').append(dialog);  // where the style sheet reaches
  dialog.showModal();
};

const show = () => {
  const list = element.querySelector('ul');
  list.replaceChildren(...items.map(item => {
    const tile = make('button', {
      type: 'button', title: item.words, onclick: () => open(item),
      onkeydown: event => { if (DELETES.includes(event.key)) remove(item); },
    }, make('img', {src: item.picture, alt: item.words}));
    tile.dataset.id = item.id;
    tile.setAttribute('aria-keyshortcuts', DELETES.join(' '));
    return make('li', {}, tile);
  }));
};

const store = () => {
  // A browser gives about five megabytes: the oldest make room.
  for (let kept = items.slice(); ; kept.pop()) {
    const needed = new Set(kept.map(item => item.photograph));
    const theirs = Object.fromEntries(
      Object.entries(photographs).filter(([id]) => needed.has(id)));
    try {
      return sessionStorage.setItem(
        KEY, JSON.stringify({items: kept, photographs: theirs, gone: gone.slice(-50)}));
    } catch { if (!kept.length) return; /* else one fewer */ }
  }
};

const remove = item => {
  const at = items.indexOf(item);
  deleted = {item, at};
  items = items.filter(other => other !== item);
  gone.push(item.id);
  store();
  show();
  const back = button('Put back', putBack);
  say('Deleted. ', back);
  (tileOf(items[Math.min(at, items.length - 1)]) || back).focus();
};

const putBack = () => {
  const {item, at} = deleted;
  items.splice(at, 0, item);
  gone = gone.filter(id => id !== item.id);
  deleted = null;
  store();
  show();
  say();
  tileOf(item).focus();
};

const keep = ({before, ...item}) => {
  const known = [...items.map(other => other.id), ...gone];
  if (item.id && known.includes(item.id)) return;  // the page came back
  if (before) photographs[item.photograph] = before;
  items = [item, ...items].slice(0, MOST);
  deleted = null;
  store();
};

watch('value', () => { if (props.value) keep(props.value); show(); });
show();
