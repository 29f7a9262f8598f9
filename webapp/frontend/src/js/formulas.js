// The page of a formula: offers what is known while it is typed, and says at once what is wrong. Nothing is kept here;
// without this file the button saves and says the same.
import { markInvalid } from './lib/invalid.js';
import { beginningWith, withoutWord, wordBefore } from './lib/offers.js';
import { sent, token } from './lib/session.js';

const PAUSE = 400;
const known = JSON.parse(document.getElementById('formula-offers').textContent);

for (const form of document.querySelectorAll('form[data-formulas]')) {
  for (const field of form.querySelectorAll('[data-completes]')) complete(field, form.dataset, () => [...steps(form, field), ...known]);
  let typing = 0;
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(check, PAUSE, form);
  });
}

/** The names of the steps above a field. */
function steps(form, field) {
  const names = [];
  for (const each of form.querySelectorAll('[name^="name."], [data-completes]')) {
    if (each === field) break;
    if (each.name.startsWith('name.') && each.value.trim() && each.name.slice(5) !== field.name.slice(5)) names.push({ name: each.value.trim() });
  }
  return names;
}

async function check(form) {
  const response = await sent(form.dataset.formulas, () => {
    const body = new FormData(form);
    body.set('csrf_token', token());
    return { method: 'POST', body, headers: { 'X-Fragment': '1' } };
  });
  if (response?.status !== 200) return;
  const told = await response.json();
  for (const field of form.querySelectorAll('[data-completes]')) {
    const problem = told.problems[field.name] ?? '';
    say(document.getElementById(`${field.id}-live`), problem);
    markInvalid(field, Boolean(problem));
  }
  say(form.querySelector('[data-unknown]'), told.unknown);
}

function say(line, text) {
  if (line.textContent !== text) line.textContent = text;
}

/** A list of names below the field: arrows choose, Enter or Tab takes, Escape closes, Ctrl and space asks. */
function complete(field, words, names) {
  const list = Object.assign(document.createElement('ul'), { id: `${field.id}-offers`, className: 'expression__offers', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', words.offers);
  const count = Object.assign(document.createElement('span'), { className: 'kern-sr-only' });
  count.setAttribute('role', 'status');
  field.after(list, count);
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-haspopup', 'listbox');
  let offers = [];
  let picked = 0;

  function offer(found) {
    offers = found;
    picked = 0;
    list.replaceChildren(...found.map((each, index) => {
      const entry = Object.assign(document.createElement('li'), { id: `${list.id}-${index}` });
      entry.setAttribute('role', 'option');
      entry.append(Object.assign(document.createElement('span'), { textContent: each.name }));
      if (each.from) entry.append(' ', Object.assign(document.createElement('small'), { textContent: each.from }));
      entry.addEventListener('mousedown', (event) => { event.preventDefault(); picked = index; take(); });
      return entry;
    }));
    list.hidden = !found.length;
    count.textContent = found.length ? words.count.replace('{count}', found.length) : '';
    pick();
  }

  function pick() {
    [...list.children].forEach((entry, index) => entry.setAttribute('aria-selected', index === picked));
    if (offers.length) field.setAttribute('aria-activedescendant', `${list.id}-${picked}`);
    else field.removeAttribute('aria-activedescendant');
    list.children[picked]?.scrollIntoView({ block: 'nearest' });
  }

  function take() {
    const { value, selectionStart } = field;
    const before = withoutWord(value.slice(0, selectionStart)) + (offers[picked].insert ?? offers[picked].name);
    offer([]);
    field.value = before + value.slice(selectionStart);
    field.setSelectionRange(before.length, before.length);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    offer([]);
    field.focus();
  }

  field.addEventListener('input', () => {
    const start = wordBefore(field.value.slice(0, field.selectionStart));
    offer(start ? beginningWith(names(), start) : []);
  });
  field.addEventListener('blur', () => offer([]));
  field.addEventListener('keydown', (event) => {
    if (!offers.length) {
      if (event.key !== ' ' || !event.ctrlKey) return;
      offer(beginningWith(names(), wordBefore(field.value.slice(0, field.selectionStart))));
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      picked = (picked + (event.key === 'ArrowDown' ? 1 : -1) + offers.length) % offers.length;
      pick();
    } else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) take();
    else if (event.key === 'Escape') offer([]);
    else return;
    event.preventDefault();
  });
}
