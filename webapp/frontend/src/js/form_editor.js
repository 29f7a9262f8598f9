// The page of one field: keeps what was typed, says at once what is wrong, and shows the preview anew.
// Everything also works without this file; then the button saves.
import { typedAlready } from './lib/typed.js';

const PAUSE = 900;

for (const form of document.querySelectorAll('form[data-field-editor]')) {
  const note = form.querySelector('[data-field-note]');
  const frame = document.querySelector('[data-preview]');
  const revision = form.querySelector('[name=revision]');
  let timer = 0;
  let asking = null;

  async function send(url, body) {
    return fetch(url, { method: 'POST', body, headers: { 'X-Fragment': '1' } }).catch(() => null);
  }

  /** Keeps the field; the answer is the new revision, or sentences by setting. */
  async function keep() {
    if (asking) return soon();
    asking = send(form.action, new FormData(form));
    const response = await asking;
    asking = null;
    if (response?.status === 409) { note.textContent = form.dataset.moved; return; }
    if (response?.status === 422) {
      const { problems } = await response.json();
      note.textContent = Object.entries(problems).map(([name, words]) => `${labelOf(name)}: ${words.join(' ')}`).join(' · ');
      return;
    }
    if (response?.status !== 200 || response.redirected) return;
    revision.value = (await response.json()).revision;
    note.textContent = form.dataset.saved;
    if (frame) frame.src = frame.src; // eslint-disable-line no-self-assign -- loads it again
  }

  const labelOf = (name) => form.querySelector(`label[for="${CSS.escape(name)}"]`)?.textContent ?? name;

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }

  /** Says below an expression what is wrong with it while it is typed. */
  async function explain(input) {
    const body = new FormData();
    body.set('csrf_token', form.querySelector('[name=csrf_token]').value);
    body.set('expression', input.value);
    const response = await send(form.dataset.fieldEditor, body);
    if (response?.status !== 200) return;
    const { problem } = await response.json();
    let line = document.getElementById(`${input.id}-live`);
    if (!line) {
      line = Object.assign(document.createElement('p'), { id: `${input.id}-live`, className: 'note note--problem' });
      line.setAttribute('role', 'status');
      input.after(line);
    }
    line.textContent = problem;
    input.toggleAttribute('aria-invalid', Boolean(problem));
  }

  let typing = 0;
  form.addEventListener('input', (event) => {
    soon();
    if (!event.target.matches('[data-expression]')) return;
    clearTimeout(typing);
    typing = setTimeout(explain, 400, event.target);
  });
  form.addEventListener('submit', () => clearTimeout(timer));
  if (typedAlready(form)) soon();
}
