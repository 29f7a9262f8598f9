// Keeps a list fresh while somebody looks at it: asks for the fragment, the server answers 304 when nothing changed.
for (const list of document.querySelectorAll('[data-live]')) {
  const every = Number(list.dataset.every || 20) * 1000;
  const status = document.getElementById('live-status');
  let seen = list.dataset.etag || '';

  async function refresh() {
    const busy = document.visibilityState !== 'visible' || list.contains(document.activeElement);
    if (busy) return;
    // X-Poll: looking at an open page is no activity, the session may still end.
    const headers = { 'X-Fragment': '1', 'X-Poll': '1', ...(seen && { 'If-None-Match': seen }) };
    const response = await fetch(list.dataset.live, { headers, cache: 'no-store' }).catch(() => null);
    if (response?.status !== 200) return;
    const first = !seen;
    seen = response.headers.get('ETag') || '';
    list.innerHTML = await response.text();
    if (status && !first) status.textContent = list.dataset.message || '';
  }

  setInterval(refresh, every);
}
