const linkOf = (painting, values) => {
  const defaults = DEFAULTS, paintings = PAINTINGS;
  const query = new URLSearchParams();
  // An example's file has a size only where somebody has uploaded it.
  const name = painting?.size ? '' : paintings[painting?.path?.split(/[\\/]/).pop()];
  if (name) query.set('style', name);
  Object.keys(defaults).forEach((name, i) => {
    if (values[i] !== defaults[name]) query.set(name, values[i]);
  });
  return location.origin + location.pathname + (query.size ? '?' + query : '');
};
