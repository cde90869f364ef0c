(...values) => {
  const defaults = DEFAULTS;
  const query = new URLSearchParams();
  Object.keys(defaults).forEach((name, i) => {
    if (values[i] !== defaults[name]) query.set(name, values[i]);
  });
  const link = location.origin + location.pathname + (query.size ? '?' + query : '');
  if (navigator.clipboard) navigator.clipboard.writeText(link).catch(() => {});
  return [`<p>Copied: <a href="${link}">${link}</a></p>`];
}
