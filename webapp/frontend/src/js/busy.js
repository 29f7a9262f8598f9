// What takes some seconds says so in words, and a second click does nothing meanwhile.
for (const place of document.querySelectorAll('[data-busy]')) {
  const note = place.querySelector('[data-busy-note]');

  /** False when it has begun already. */
  function begin() {
    if (place.getAttribute('aria-busy') === 'true') return false;
    place.setAttribute('aria-busy', 'true');
    note.textContent = place.dataset.busy;
    return true;
  }

  place.addEventListener('submit', (event) => { if (!begin()) event.preventDefault(); });
  place.addEventListener('click', (event) => {
    // A link opened in another tab leaves this page as it is.
    if (!event.target.closest('a[data-busy-link]') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!begin()) event.preventDefault();
  });
  // Back again: nothing is under way any more.
  window.addEventListener('pageshow', () => { place.removeAttribute('aria-busy'); note.textContent = note.dataset.busyNote; });
}
