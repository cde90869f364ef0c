// The visitor's own paintings, which this browser keeps, and the tiles of what is in its place.
const KEY = 'nst-yours', MOST = 12;
const list = element.querySelector('.nst-named'), section = element.querySelector('section');
let items = [], inPlace = {content: '', styles: ''}, removed = '';

const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (Array.isArray(kept)) items = kept;  // another tab may have changed it
  } catch { /* storage is off, or nonsense: what this page knows stays */ }
};

const write = () => {
  // A browser gives about five megabytes: the oldest make room.
  for (let kept = items.slice(); ; kept.pop()) {
    try { return localStorage.setItem(KEY, JSON.stringify(kept)); } catch {
      if (!kept.length) return;  // storage is off
    }
  }
};

const remove = item => {
  read();
  const at = items.findIndex(other => other.name === item.name);
  items = items.filter(other => other.name !== item.name);
  if (item.name === inPlace.styles) removed = item.name;  // until another is in its place
  write();
  show();
  const left = list.querySelectorAll('[data-name]');
  (left[Math.min(at, left.length - 1)]
    || document.querySelector('.nst-styles-tiles [data-name]'))?.focus();
};

const tile = (item, number) => {
  const words = `your painting ${number + 1} (${item.words})`;
  const take = make('button', {
    type: 'button', title: item.words, ariaLabel: `Take ${words}`,
    onclick: () => trigger('click', {name: item.name, picture: item.picture}),
  }, make('img', {src: item.picture, alt: ''}));
  take.dataset.name = item.name;
  const away = make('button', {
    type: 'button', className: 'nst-away', title: 'Take it off the shelf',
    ariaLabel: `Take ${words} off the shelf`, textContent: '×', onclick: () => remove(item),
  });
  return make('div', {className: 'nst-own-tile'}, take, away);
};

const press = () => {
  for (const kind of ['content', 'styles'])
    for (const button of document.querySelectorAll(`.nst-${kind}-tiles [data-name]`))
      button.setAttribute('aria-pressed', button.dataset.name === inPlace[kind]);
  for (const button of list.querySelectorAll('[data-name]'))
    button.setAttribute('aria-pressed', button.dataset.name === inPlace.styles);
};

const show = () => {
  list.replaceChildren(...items.map(tile));
  section.hidden = !items.length;
  press();
};

watch('value', () => {
  if (!props.value) return;
  const {content, styles, given} = props.value;
  inPlace = {content, styles};
  if (styles !== removed) removed = '';
  const isNew = given && given.name !== removed && !items.some(item => item.name === given.name);
  if (isNew) {
    read();
    items = [given, ...items.filter(item => item.name !== given.name)].slice(0, MOST);
    write();
    show();
  } else press();  // without new tiles, so that the focus stays
});
read();
show();
