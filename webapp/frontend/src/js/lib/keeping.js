// A form that is kept while somebody types: a moment after each change, at once when a field or the page is left.
import { beforeLeaving } from './leaving.js';
import { sent } from './session.js';
import { typedAlready } from './typed.js';

const AGAIN = 5000;

/** Keeps `form` and says in `note` how that went; `taken` gets what the server told, `problems` words what it did not take. */
export function keepForm(form, note, { pause, taken, problems }) {
  let timer = 0;
  let running = null;
  let changes = 0;
  let tried = 0;
  let hasFailed = false;
  let unsaved = false;
  // Somebody was asked something and has typed before: only sending keeps it.
  let isAsked = form.dataset.unsaved === 'typed';

  async function send(keepalive) {
    const asked = tried = changes;
    const options = () => ({ method: 'POST', body: new FormData(form), headers: { 'X-Fragment': '1' }, keepalive });
    const answer = await sent(form.action, options);
    const isTold = answer && [200, 422].includes(answer.status);
    const told = isTold ? await answer.json().catch(() => null) : null;
    hasFailed = !told && answer?.status !== 409;
    if (hasFailed) {
      note.textContent = form.dataset.failed;
      later(AGAIN);
    } else if (!told) {
      note.textContent = form.dataset.moved;
    } else {
      if (answer.ok && asked === changes) unsaved = isAsked = false;
      taken(told, answer.ok);
      if (!answer.ok) note.textContent = problems(told);
      else if (asked === changes) note.textContent = form.dataset.saved;
    }
  }

  async function keep({ keepalive = false } = {}) {
    clearTimeout(timer);
    await running;
    // The same once more would be refused once more.
    if (running || !unsaved || (tried === changes && !hasFailed)) return running;
    running = send(keepalive).finally(() => { running = null; });
    return running;
  }

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(keep, delay);
  }

  function changed() {
    changes += 1;
    unsaved = true;
    if (!hasFailed) note.textContent = '';
    later(pause);
  }

  form.addEventListener('input', changed);
  form.addEventListener('focusout', () => keep());
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    if (!running) {
      unsaved = isAsked = false;
      return;
    }
    // What is on its way is this very form: sent beside it, it would look like a second version.
    event.preventDefault();
    const { submitter } = event;
    running.finally(() => form.requestSubmit(submitter));
  });
  addEventListener('focus', () => { if (hasFailed) keep(); });
  beforeLeaving({ isUnsaved: () => unsaved || isAsked || running !== null, keep, form });
  if (typedAlready(form)) changed();
}
