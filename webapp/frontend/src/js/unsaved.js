// Asks before a page is left on which something was typed and not sent; `data-unsaved="typed"` came back with it.
// Whoever types is there: now and then the server hears of it, so that nobody is signed out in the middle of a table.
const PAUSE = 5 * 60 * 1000;
let heard = 0;

function tellServer() {
  if (Date.now() - heard < PAUSE) return;
  heard = Date.now();
  fetch('/healthz', { method: 'HEAD', cache: 'no-store' }).catch(() => null);
}

for (const form of document.querySelectorAll('form[data-unsaved]')) {
  let typed = form.dataset.unsaved === 'typed';
  form.addEventListener('input', () => { typed = true; tellServer(); });
  form.addEventListener('submit', () => { typed = false; });
  addEventListener('beforeunload', (event) => { if (typed) event.preventDefault(); });
}
