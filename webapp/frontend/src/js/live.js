// Keeps a list fresh while somebody looks at it: asks for the fragment, the server answers 304 when nothing changed.
for (const list of document.querySelectorAll('[data-live]')) {
  const every = Number(list.dataset.every || 20) * 1000;
  const status = document.getElementById('live-status');
  let seen = list.dataset.etag || '';

  const tasks = () => [...list.querySelectorAll('[data-task]')].map((row) => row.dataset.task);

  /** What is new, in words; the list may also only have changed. */
  function announce(before) {
    const fresh = tasks().filter((task) => !before.includes(task)).length;
    const words = fresh === 1 ? list.dataset.one : fresh ? list.dataset.many?.replace('{count}', fresh) : '';
    const said = words || list.querySelector('[data-say]')?.dataset.say || list.dataset.message || '';
    if (status && status.textContent !== said) status.textContent = said; // the same again is not worth hearing
  }

  /** Nothing may move under somebody who is in the list or has ticked something. */
  function inUse() {
    return document.visibilityState !== 'visible' || list.contains(document.activeElement) || list.querySelector(':checked');
  }

  async function refresh() {
    if (inUse()) return;
    // X-Poll: looking at an open page is no activity, the session may still end.
    const headers = { 'X-Fragment': '1', 'X-Poll': '1', ...(seen && { 'If-None-Match': seen }) };
    const response = await fetch(list.dataset.live, { headers, cache: 'no-store' }).catch(() => null);
    if (response?.status !== 200 || response.redirected) return;
    const news = await response.text();
    if (inUse()) return; // since it was asked: the next time then
    const first = !seen;
    const before = tasks();
    seen = response.headers.get('ETag') || '';
    list.innerHTML = news;
    if (!first) announce(before);
    if (list.querySelector('[data-live-done]')) clearInterval(timer);
  }

  const timer = setInterval(refresh, every);
  document.addEventListener('visibilitychange', refresh);
}
