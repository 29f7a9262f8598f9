// The page of one text: keeps what was typed, says what is wrong, and shows the mails as they read now.
// Everything also works without this file; then the buttons save and preview.
import { typedAlready } from './lib/typed.js';

const PAUSE = 1000;

for (const form of document.querySelectorAll('form[data-text-editor]')) {
  const note = form.querySelector('[data-text-note]');
  const mails = document.querySelector('[data-mails]');
  let timer = 0;
  let asking = false;

  async function keep() {
    if (asking) return soon();
    asking = true;
    const response = await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { 'X-Fragment': '1' } }).catch(() => null);
    asking = false;
    if (response?.status === 409) note.textContent = form.dataset.moved;
    if (!response || response.redirected || ![200, 422].includes(response.status)) return;
    const told = await response.json();
    if (response.ok) for (const [language, revision] of Object.entries(told.revisions)) form.querySelector(`[name="revision.${language}"]`).value = revision;
    note.textContent = told.problems.join(' ') || form.dataset.saved;
    mails.innerHTML = told.mails;
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }

  form.addEventListener('input', soon);
  form.addEventListener('submit', () => clearTimeout(timer));
  if (typedAlready(form)) soon();
}
