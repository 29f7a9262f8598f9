// Forms: asks the server which fields apply after a change, keeps the draft, and shows long public forms step by step.
// Everything also works without this file; then a "Weiter" button and one long page take its place.
import { beforeLeaving } from './lib/leaving.js';
import { mergeFields } from './lib/merge.js';
import { sent } from './lib/session.js';
import { showSteps } from './lib/steps.js';
import { typedAlready } from './lib/typed.js';

const PAUSE = 700;
const AGAIN = 5000;

for (const form of document.querySelectorAll('form[data-refresh]')) {
  const holder = form.querySelector('[data-fields]');
  const note = form.querySelector('[data-draft-note]');
  const compare = form.querySelector('[data-compare]');
  let timer = 0;
  let asking = null;
  let unsaved = false;
  let failed = false;
  let sending = false;
  let changes = 0;

  /** Posts the form as it stands; resolves to the fragment's element, or null when the server could not be asked.
   *
   * Files travel only when `upload` names their field: what was chosen is sent once. */
  async function ask(extra = {}, upload = '') {
    const headers = { 'X-Fragment': '1' };
    const response = await sent(form.dataset.refresh, () => ({ method: 'POST', body: filled(extra, upload), headers, keepalive: true }));
    if (response?.status === 409) {
      // Somebody else was faster: say so, keep what was typed; sending or comparing shows the whole story.
      if (note) note.textContent = await response.text();
      if (compare && response.headers.get('X-Conflict') === 'draft_conflict') compare.hidden = false;
      clearTimeout(timer);
      return null;
    }
    if (response?.status !== 200) {
      // Not kept: the network is away or the session has ended. Say so and try again.
      if (note?.dataset.failed) {
        failed = true;
        note.textContent = note.dataset.failed;
        clearTimeout(timer);
        timer = setTimeout(refresh, AGAIN);
      }
      return null;
    }
    unsaved = failed = false;
    const saved = response.headers.get('X-Draft-Saved');
    if (note && saved) note.textContent = note.dataset.draftNote.replace('{at}', saved);
    const revision = form.querySelector('[name="_revision"]');
    if (revision && response.headers.has('X-Draft-Revision')) revision.value = response.headers.get('X-Draft-Revision');
    const fragment = document.createElement('div');
    fragment.innerHTML = await response.text();
    return fragment;
  }

  function filled(extra, upload) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    for (const [name, value] of [...body]) {
      if (!(value instanceof File)) continue;
      const kept = body.getAll(name).filter((entry) => !(entry instanceof File) || name === upload);
      body.delete(name);
      for (const entry of kept) body.append(name, entry);
    }
    return body;
  }

  async function refresh() {
    // One after the other: each answer says which draft the next one builds on.
    if (asking) return soon(PAUSE);
    const asked = changes;
    asking = ask();
    const fragment = await asking;
    asking = null;
    if (asked !== changes) unsaved = true;
    if (fragment && !sending && asked === changes) mergeFields(holder, fragment, { problems: false });
  }

  /** Keeps what is not kept yet at once. */
  async function flush() {
    clearTimeout(timer);
    if (asking) await asking;
    if (unsaved && !asking) await refresh();
  }

  function soon(delay) {
    changes += 1;
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(refresh, delay);
  }

  /** Sends what was chosen in a file field at once, or leaves a file out; draws the field as the server keeps it. */
  async function redraw(field, extra, upload) {
    const note = field.querySelector('[data-upload-note]');
    if (note && upload) note.textContent = field.querySelector('[data-sending]').dataset.sending;
    field.setAttribute('aria-busy', 'true');
    const fragment = await ask(extra, upload);
    field.removeAttribute('aria-busy');
    if (note) note.textContent = '';
    const fresh = fragment?.querySelector(`[data-field="${CSS.escape(field.dataset.field)}"]`);
    if (!fresh || sending) return;
    field.replaceWith(fresh);
    fresh.querySelector('input[type=file]')?.focus();
  }

  form.addEventListener('input', (event) => { if (event.target.type !== 'file') soon(PAUSE); });
  form.addEventListener('change', (event) => {
    const { target } = event;
    if (target.type !== 'file') soon(50);
    else if (target.files.length) redraw(target.closest('[data-field]'), {}, target.name);
  });
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-remove-file]');
    if (!button) return;
    event.preventDefault();
    redraw(button.closest('[data-field]'), { _remove: button.value }, '');
  });
  form.addEventListener('submit', (event) => {
    if (sending) event.preventDefault();
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    if (!asking) return;
    // The draft on its way is this very form: wait for its number, or sending would look like a second version.
    event.preventDefault();
    const { submitter } = event;
    asking.finally(() => { sending = false; form.requestSubmit(submitter); });
  });
  if (note) {
    beforeLeaving({ isUnsaved: () => unsaved && !sending, keep: flush, form });
    addEventListener('focus', () => { if (failed) flush(); });
  }
  window.addEventListener('pageshow', () => { sending = false; });

  if (form.hasAttribute('data-steps')) showSteps(form, holder, ask);
  if (typedAlready(form)) soon(PAUSE);
}
