// Keeps the diagram on the server: a moment after each change, with what somebody else did shown and never overwritten.
import { beforeLeaving } from '../js/lib/leaving.js';
import { page, send, t } from './page.js';

const PAUSE = 1200;
const AGAIN = 8000;
const LOOK = 30_000;

function list(holder, lines) {
  holder.replaceChildren(...lines.map((text) => Object.assign(document.createElement('li'), { textContent: text, dir: 'auto' })));
}

export class Saving {
  /** `read` gives the diagram's XML, `shown` is called with each answer of the server. */
  constructor(root, read, shown) {
    Object.assign(this, { root, read, shown });
    this.revision = page.revision;
    this.state = root.querySelector('[data-saving]');
    this.others = root.querySelector('[data-others]');
    this.dialog = root.querySelector('[data-conflict]');
    this.dirty = false;
    this.dialog.addEventListener('close', () => this.decided(this.dialog.returnValue));
    beforeLeaving({ isUnsaved: () => this.dirty || Boolean(this.running), keep: () => this.now() });
    addEventListener('focus', () => { if (this.hasFailed) this.now(); });
    setInterval(() => { if (!document.hidden) this.look(); }, LOOK);
    this.look();
  }

  later() {
    this.dirty = true;
    this.say(t('Änderungen werden gleich gespeichert …'));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now({ over = null } = {}) {
    clearTimeout(this.timer);
    if ((!this.dirty && over === null) || this.dialog.open) return;
    if (this.running) return this.running.then(() => (this.hasFailed ? null : this.now()));
    this.running = this.put(over).finally(() => { this.running = null; });
    await this.running;
  }

  async put(over) {
    this.dirty = this.hasFailed = false;
    this.say(t('Wird gespeichert …'));
    try {
      const body = await this.read();
      const answer = await send(page.urls.save, {
        method: 'PUT', body, headers: { 'X-Revision': String(over ?? this.revision), 'Content-Type': 'application/xml' },
      });
      if (answer?.status === 409) return this.conflict(await answer.json());
      if (!answer?.ok) throw new Error(`save: ${answer?.status ?? 'not taken'}`);
      const told = await answer.json();
      this.revision = told.revision;
      this.shown(told);
      this.present(told.others);
      this.say(this.dirty ? t('Änderungen werden gleich gespeichert …') : t('Alles gespeichert'));
      if (this.dirty) this.later();
    } catch (error) {
      console.warn(error);
      this.dirty = this.hasFailed = true;
      this.say(t('Noch nicht gespeichert. Es wird gleich wieder versucht; schließen Sie die Seite nicht.'), true);
      this.timer = setTimeout(() => this.now(), AGAIN);
    }
  }

  conflict({ by, revision, mine = [], theirs = [] }) {
    this.dirty = true;
    if (revision === undefined) {
      this.say(t('Dieser Entwurf ist nicht mehr offen. Ihre letzten Änderungen sind nicht gespeichert.'), true);
      return;
    }
    this.theirs = revision;
    this.say(t('Nicht gespeichert: Jemand anderes war schneller.'), true);
    this.dialog.querySelector('[data-by]').textContent = by ?? '';
    this.dialog.querySelector('[data-apart]').hidden = !theirs.length;
    list(this.dialog.querySelector('[data-mine]'), mine);
    list(this.dialog.querySelector('[data-theirs]'), theirs);
    this.dialog.returnValue = '';
    this.dialog.showModal();
  }

  decided(choice) {
    if (choice === 'mine') this.now({ over: this.theirs });
    if (choice === 'theirs') {
      this.dirty = false;
      location.reload();
    }
  }

  /** Who else is here. */
  async look() {
    const answer = await send(page.urls.here, { headers: { 'X-Poll': '1' } });
    if (answer?.ok) this.present((await answer.json()).others);
  }

  present(others = []) {
    const text = others.length ? t('Auch hier: {names}', { names: others.join(', ') }) : '';
    if (this.others.textContent !== text) this.others.textContent = text;
  }

  say(text, isProblem = false) {
    this.state.textContent = text;
    this.state.classList.toggle('is-problem', isProblem);
  }
}
