// Shows oneself at a part of a draft, and who else is there; asked now and then while the page is looked at.
const EVERY = 30_000;

for (const line of document.querySelectorAll('[data-here]')) {
  const look = async () => {
    if (document.visibilityState !== 'visible') return;
    const body = new FormData();
    body.set('csrf_token', document.querySelector('[name=csrf_token]').value);
    const response = await fetch(line.dataset.here, { method: 'POST', body, headers: { 'X-Fragment': '1', 'X-Poll': '1' } }).catch(() => null);
    if (response?.status !== 200 || response.redirected) return;
    const { others } = await response.json();
    const text = others.length ? line.dataset.words.replace('{names}', others.join(', ')) : '';
    if (line.textContent !== text) line.textContent = text;
  };
  look();
  setInterval(look, EVERY);
  document.addEventListener('visibilitychange', look);
}
