// The page in the visitor's language: each English sentence that the catalogue has is replaced where
// it stands, whoever wrote it: the server, a script or Gradio. What the catalogue lacks stays.
const CATALOGUES = ALL_CATALOGUES, KEY = 'nst-language', ENGLISH = 'en';
const ATTRIBUTES = ['aria-label', 'title', 'alt', 'placeholder'];
const NOT_OURS = 'script, style, textarea, [contenteditable=true], [translate=no]';
window.nstWords?.abort();  // of this component, mounted before
window.nstWords = new AbortController();

const primary = language => language.toLowerCase().split('-')[0];
const offered = language => [ENGLISH, ...Object.keys(CATALOGUES)].find(
  code => primary(code) === primary(language));
const chosen = () => {
  let kept = null;
  try { kept = localStorage.getItem(KEY); } catch { /* storage is off */ }
  return [kept, ...navigator.languages].map(one => one && offered(one)).find(Boolean) || ENGLISH;
};

// “Done in {n} s” is a pattern: {n}, {n1} are numbers, any other name is words, said in their turn.
const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const patternOf = ([english, words]) => {
  const parts = english.split(/\{(\w+)\}/), names = parts.filter((_, i) => i % 2);
  const inside = parts.map((part, i) => !(i % 2) ? escaped(part)
    : /^n\d?$/.test(part) ? '([\\d.,]+)' : '(.+)');
  return {expression: RegExp(`^${inside.join('')}$`), names, words,
    fixed: english.replace(/\{\w+\}/g, '').length};
};
let exact = new Map(), patterns = [], heard = new Map();
const learn = language => {
  const entries = Object.entries(CATALOGUES[language] || {});
  exact = new Map(entries.filter(([english]) => !english.includes('{')));
  patterns = entries.filter(([english]) => english.includes('{')).map(patternOf)
    .sort((one, other) => other.fixed - one.fixed);  // the one that says most comes first
  heard = new Map();
};
const said = english => {
  if (exact.has(english)) return exact.get(english);
  for (const {expression, names, words} of patterns) {
    const found = expression.exec(english);
    if (found) return words.replace(/\{(\w+)\}/g, (_, name) => said(found[1 + names.indexOf(name)]));
  }
  return english;
};
// Space around a sentence stays; a title and its painter may break between them alone.
const inTwoLines = words => {
  const [title, painter] = words.split(' · ');
  return painter ? `${title}\u00a0· ${painter.replaceAll(' ', '\u00a0')}` : words;
};
const translated = text => {
  if (heard.has(text)) return heard.get(text);
  const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
  const english = words.replace(/\s+/g, ' ');
  let found = said(english);
  if (found === english) found = words;
  else if (words.includes('\u00a0')) found = inTwoLines(found);
  if (heard.size > 2000) heard.clear();
  heard.set(text, before + found + after);
  return before + found + after;
};

const known = new WeakMap();  // of nodes: what they said in English, and say now, by attribute
const put = (node, name, now, write) => {
  if (!now?.trim()) return;
  const ours = known.get(node) || {};
  const english = ours[name]?.shown === now ? ours[name].english : now;
  const shown = translated(english);
  if (shown === now) return;
  known.set(node, {...ours, [name]: {english, shown}});
  write(shown);
};
const putText = node => {
  if (!node.parentElement?.closest(NOT_OURS))
    put(node, '', node.nodeValue, words => { node.nodeValue = words; });
};
const putAttribute = (node, name) => {
  if (!node.closest(NOT_OURS))
    put(node, name, node.getAttribute(name), words => node.setAttribute(name, words));
};
const putAll = root => {
  if (root.nodeType === Node.TEXT_NODE) return putText(root);
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = root; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) putText(node);
    else for (const name of ATTRIBUTES) if (node.hasAttribute(name)) putAttribute(node, name);
  }
};

const changes = new MutationObserver(records => {
  for (const {type, target, addedNodes, attributeName} of records) {
    if (type === 'characterData') putText(target);
    else if (type === 'attributes') putAttribute(target, attributeName);
    else addedNodes.forEach(putAll);
  }
  showChoice();
});
let language = ENGLISH;
const showChoice = () => {
  const list = document.querySelector('.nst-language select');
  if (list && list.value !== language) list.value = language;
};
const speak = to => {
  const isNew = to !== language;
  changes.disconnect();
  language = to;
  learn(to);
  document.documentElement.lang = to;
  putAll(document.querySelector('title'));
  putAll(document.body);
  showChoice();
  // In English there is nothing to do: the page is as it was written.
  if (to !== ENGLISH) changes.observe(document.body, {childList: true, subtree: true,
    characterData: true, attributes: true, attributeFilter: ATTRIBUTES});
  if (isNew) window.dispatchEvent(new Event('resize'));  // Gradio measures its tabs
};
window.nstWords.signal.addEventListener('abort', () => changes.disconnect());
document.addEventListener('change', event => {
  if (!event.target.matches?.('.nst-language select')) return;
  try { localStorage.setItem(KEY, event.target.value); } catch { /* storage is off */ }
  speak(event.target.value);
}, {signal: window.nstWords.signal});
speak(chosen());
