// What the lines under the two places offer: a web address, to turn the picture, to crop it.
const NAMES = {content: 'photograph', style: 'painting'};

// A dialog with a form that is answered or cancelled; the browser gives the focus back.
const ask = (title, yes, inside, answer) => {
  const dialog = make('dialog', {className: 'nst-dialog nst-ask'});
  const cancel = make('button', {type: 'button', className: 'nst-button', textContent: 'Cancel',
    onclick: () => dialog.close()});
  const form = make('form', {method: 'dialog', onsubmit: answer}, make('h2', {textContent: title}),
    ...inside, make('p', {}, make('button', {className: 'nst-button nst-yes', textContent: yes}),
      cancel));
  dialog.setAttribute('aria-label', title);
  dialog.onclose = () => dialog.remove();
  dialog.append(form);
  document.getElementById('nst-page').append(dialog);
  dialog.showModal();
};

const askAddress = place => {
  const box = make('input', {type: 'url', required: true, placeholder: 'https://', autocomplete: 'off',
    pattern: '[hH][tT][tT][pP][sS]?://.+', title: 'An address that begins with https:// or http://'});
  const label = make('label', {}, 'Web address of a picture', box);
  ask(`A ${NAMES[place]} from the web`, 'Take it', [label], () => bring(place, box.value.trim()));
};

// The part that is kept: of a shape, a size and a middle, as shares of the picture.
const SHAPES = {'As it is': null, 'Square': 1, '4:3': 4 / 3, '3:4': 3 / 4, '16:9': 16 / 9};
const frameOf = ({shape, size, x, y}, picture) => {
  const own = picture.naturalWidth / picture.naturalHeight, ratio = (SHAPES[shape] || own) / own;
  const width = size * Math.min(1, ratio), height = size * Math.min(1, 1 / ratio);
  const within = (middle, side) => Math.min(1 - side, Math.max(0, middle - side / 2));
  return {left: within(x, width), top: within(y, height), width, height};
};

const askCrop = place => {
  const state = {shape: 'As it is', size: .8, x: .5, y: .5};
  const frame = make('div', {className: 'nst-frame', tabIndex: 0});
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', 'The part that is kept. Arrow keys move it.');
  const picture = make('img', {alt: '', onload: () => show(),
    src: area(place).querySelector('.image-frame img').src});
  const show = () => {
    const {left, top, width, height} = frameOf(state, picture);
    [state.x, state.y] = [left + width / 2, top + height / 2];
    for (const [side, share] of Object.entries({left, top, width, height}))
      frame.style[side] = 100 * share + '%';
  };
  const move = (right, down) => { state.x += right; state.y += down; show(); };
  let from = null;  // not every browser says how far a finger moved
  frame.onpointerdown = event => { frame.setPointerCapture(event.pointerId); from = event; };
  frame.onpointermove = event => {
    if (!frame.hasPointerCapture(event.pointerId)) return;
    const {width, height} = picture.getBoundingClientRect();
    move((event.clientX - from.clientX) / width, (event.clientY - from.clientY) / height);
    from = event;
  };
  frame.onkeydown = event => {
    const step = {ArrowLeft: [-.02, 0], ArrowRight: [.02, 0], ArrowUp: [0, -.02],
      ArrowDown: [0, .02]}[event.key];
    if (step) { event.preventDefault(); move(...step); }
  };
  const shapes = make('fieldset', {}, make('legend', {textContent: 'Shape'}),
    ...Object.keys(SHAPES).map(shape => make('label', {}, make('input', {type: 'radio',
      name: 'nst-shape', checked: shape === state.shape,
      onchange: () => { state.shape = shape; show(); }}), shape)));
  const size = make('label', {}, 'Size', make('input', {type: 'range', min: 10, max: 100,
    value: 100 * state.size, oninput: event => { state.size = event.target.value / 100; show(); }}));
  const view = make('div', {className: 'nst-view'}, picture, frame);
  ask(`Crop the ${NAMES[place]}`, 'Crop', [view, shapes, size], () => {
    const {left, top, width, height} = frameOf(state, picture);
    trigger('edit', {place, box: [left, top, Math.min(1, left + width), Math.min(1, top + height)]});
  });
};

on('click', event => {
  const {place, do: what} = event.target.closest?.('.nst-under button')?.dataset || {};
  if (what === 'address') askAddress(place);
  if (what === 'turn') trigger('edit', {place});
  if (what === 'crop') askCrop(place);
});
