// The key of this tab's visit, and whether a visit of that key has had pictures.
async () => {
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map(byte => byte.toString(16).padStart(2, '0')).join('');
  // A copy of a tab has its storage too, but is a visit of its own: the first one holds the lock.
  const isFree = key => new Promise(answer => {
    if (!navigator.locks) return answer(true);  // not where the page came without encryption
    navigator.locks.request('nst-' + key, {ifAvailable: true}, lock => {
      answer(Boolean(lock));
      return lock && new Promise(() => {});  // for as long as the page is there
    }).catch(() => answer(true));
  });
  const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  let key = null, used = false;
  try {
    key = sessionStorage.getItem('nst-visit-key');
    used = sessionStorage.getItem('nst-visit-used') === '1';
  } catch { /* storage is off */ }
  if (key && !await isFree(key)) {
    await wait(500);  // the page that is reloaded may not be gone yet
    if (!await isFree(key)) [key, used] = [null, false];
  }
  if (!key) {
    key = random();
    isFree(key);
    try {
      sessionStorage.setItem('nst-visit-key', key);
      sessionStorage.removeItem('nst-visit-used');
    } catch { /* storage is off */ }
  }
  return [key, used];
}
