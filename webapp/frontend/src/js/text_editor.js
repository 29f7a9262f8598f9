// The page of one text: keeps what was typed, says what is wrong, and shows the mails as they read now.
// Everything also works without this file; then the buttons save and preview.
import { keepForm } from './lib/keeping.js';

for (const form of document.querySelectorAll('form[data-text-editor]')) {
  const mails = document.querySelector('[data-mails]');

  function taken(told, isKept) {
    if (isKept) for (const [language, revision] of Object.entries(told.revisions)) form.querySelector(`[name="revision.${language}"]`).value = revision;
    mails.innerHTML = told.mails;
  }

  keepForm(form, form.querySelector('[data-text-note]'), { pause: 1000, taken, problems: (told) => told.problems.join(' ') });
}
