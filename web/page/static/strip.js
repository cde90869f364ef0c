// The pictures of this visit. They are kept in this tab only, and end with it.
const KEY = 'nst-visit', MOST = 12;
let items = [];
try { items = JSON.parse(sessionStorage.getItem(KEY)) || []; } catch { /* storage is off */ }

const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const open = item => {
  const dialog = make('dialog', {className: 'nst-dialog'});
  const button = (text, action) => make('button', {
    type: 'button', className: 'nst-button', textContent: text,
    onclick: () => { dialog.close(); action?.(); },
  });
  const save = make('a', {
    className: 'nst-button', textContent: 'Save this copy', href: item.picture,
    download: 'painted.jpg',
  });
  const use = button(
    'Use these settings', () => trigger('click', {settings: item.settings}));
  dialog.setAttribute('aria-label', 'A picture of this visit');
  dialog.append(
    make('img', {src: item.picture, alt: item.words}),
    make('p', {textContent: item.words}),
    make('p', {}, ...(item.settings ? [use] : []), save, button('Close')),
  );
  dialog.onclose = () => dialog.remove();
  element.append(dialog);
  dialog.showModal();
};

const show = () => {
  const list = element.querySelector('ul');
  list.replaceChildren(...items.map(item => make('li', {},
    make('button', {type: 'button', title: item.words, onclick: () => open(item)},
      make('img', {src: item.picture, alt: item.words})))));
  element.querySelector('.nst-strip').hidden = !items.length;
};

const keep = item => {
  if (item.id && items.some(other => other.id === item.id)) return;  // the page came back
  items = [item, ...items].slice(0, MOST);
  // A browser gives about five megabytes: the oldest make room.
  for (let kept = items.slice(); kept.length; kept.pop()) {
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); break; } catch { /* one fewer */ }
  }
};

watch('value', () => { if (props.value) keep(props.value); show(); });
show();
