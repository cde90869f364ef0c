// The visitor's photograph in every style, in place of the thumbnails, as they come.
const said = element.querySelector('.nst-said');
let shown = null, over = '';  // what is shown, and the name of what was
let withoutOwn = '';  // the name of what is shown without the tile of a painting that is gone

const grid = () => document.querySelector('.nst-instant');
const tile = name => grid()?.querySelector(`[data-name="${CSS.escape(name)}"]`);

const put = (button, picture) => {
  let image = button.querySelector('img');
  if (!image) {  // that of the visitor's own painting has none
    image = Object.assign(document.createElement('img'), {className: 'nst-added'});
    button.prepend(image);
  }
  if (image.src === picture) return;
  image.dataset.shipped ??= image.getAttribute('src') || '';
  image.dataset.words ??= image.alt;
  image.src = picture;
  image.alt = 'Your photograph, painted as:';
  image.decode().then(() => grid().style.setProperty(
    '--shape', image.naturalWidth / image.naturalHeight), () => {});
  button.classList.add('nst-is-there');
};

const restore = button => {
  const image = button.querySelector('img');
  button.classList.remove('nst-is-there');
  if (image?.classList.contains('nst-added')) return image.remove();
  if (!image || image.dataset.shipped === undefined) return;
  image.src = image.dataset.shipped;
  image.alt = image.dataset.words;
};

const close = () => {
  over = shown?.of || over;
  shown = null;
  said.textContent = '';
  grid()?.classList.remove('nst-tried');
  grid()?.style.removeProperty('--shape');
  grid()?.querySelectorAll('button').forEach(restore);
};

const show = () => {
  const value = props.value;
  if (!value) return close();
  if (value.of === over) return;  // sent before the page had another photograph
  if (shown && value.of !== shown.of) close();
  shown = value;
  said.textContent = value.said;
  grid()?.classList.add('nst-tried');
  for (const [name, picture] of Object.entries(value.pictures)) {
    const button = tile(name);
    if (button && !(name === 'own' && withoutOwn === value.of)) put(button, picture);
  }
};

document.addEventListener('nst-given', ({detail}) => {
  // Gradio says so of the same picture, too.
  if (shown && detail.photograph !== shown.photograph) return close();
  if (!shown || (detail.painting || null) === shown.painting) return;
  withoutOwn = shown.of;
  const own = grid()?.querySelector('.nst-own');
  if (own) restore(own);
});
watch('value', show);
