// The page of one field: keeps what was typed, says at once what is wrong, and shows the preview anew.
// Everything also works without this file; then the button saves.
import { markInvalid } from './lib/invalid.js';
import { keepForm } from './lib/keeping.js';
import { sent, token } from './lib/session.js';

for (const form of document.querySelectorAll('form[data-field-editor]')) {
  const frame = document.querySelector('[data-preview]');
  const labelOf = (name) => form.querySelector(`label[for="${CSS.escape(name)}"]`)?.textContent ?? name;

  function taken(told, isKept) {
    if (!isKept) return;
    form.querySelector('[name=revision]').value = told.revision;
    if (frame) frame.src = frame.src; // eslint-disable-line no-self-assign -- loads it again
  }

  /** Sentences by setting. */
  function problems(told) {
    return Object.entries(told.problems).map(([name, words]) => `${labelOf(name)}: ${words.join(' ')}`).join(' · ');
  }

  /** Says below an expression what is wrong with it while it is typed. */
  async function explain(input) {
    const response = await sent(form.dataset.fieldEditor, () => {
      const body = new FormData();
      body.set('csrf_token', token());
      body.set('expression', input.value);
      return { method: 'POST', body, headers: { 'X-Fragment': '1' } };
    });
    if (response?.status !== 200) return;
    const { problem } = await response.json();
    let line = document.getElementById(`${input.id}-live`);
    if (!line) {
      line = Object.assign(document.createElement('p'), { id: `${input.id}-live`, className: 'note note--problem' });
      line.setAttribute('role', 'status');
      input.after(line);
    }
    line.textContent = problem;
    markInvalid(input, Boolean(problem));
  }

  let typing = 0;
  form.addEventListener('input', (event) => {
    if (!event.target.matches('[data-expression]')) return;
    clearTimeout(typing);
    typing = setTimeout(explain, 400, event.target);
  });
  keepForm(form, form.querySelector('[data-field-note]'), { pause: 900, taken, problems });
}
