// The visitor's photograph in every style, in place of the thumbnails, as they come.
const said = element.querySelector('.nst-said');
let now = '', over = '';  // names of the pictures that are shown, and of those that were

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

const show = () => {
  const value = props.value;
  if (!value) {
    over = now;
    now = said.textContent = '';
    grid()?.classList.remove('nst-tried');
    grid()?.style.removeProperty('--shape');
    return grid()?.querySelectorAll('button').forEach(restore);
  }
  if (value.of === over) return;  // sent before the page had another photograph
  if (value.of !== now) grid()?.querySelectorAll('button').forEach(restore);
  now = value.of;
  said.textContent = value.said;
  grid()?.classList.add('nst-tried');
  for (const [name, picture] of Object.entries(value.pictures)) {
    const button = tile(name);
    if (button) put(button, picture);
  }
};

document.addEventListener('nst-other-painting', () => {
  const own = grid()?.querySelector('.nst-own');
  if (own) restore(own);
});
watch('value', show);
