// The keyboard in the list of tasks: j and k go down and up, Enter opens (the focus stands on the link), c takes, x ticks,
// ? explains. Single letters can disturb other tools, so they can be switched off in the help; that is kept in this browser.
const SWITCH = 'lotse-keys';
const list = document.querySelector('[data-list]');
const help = document.querySelector('[data-keys]');

function rows() {
  return [...list.querySelectorAll('[data-task]')];
}

/** The row that has the focus, or the last one that had it. */
let last = null;
function current() {
  const here = document.activeElement?.closest('[data-task]');
  return here ?? rows().find((row) => row.dataset.task === last);
}

function go(step) {
  const all = rows();
  const there = all[Math.max(0, Math.min(all.length - 1, all.indexOf(current()) + step))];
  if (!there) return;
  last = there.dataset.task;
  there.querySelector('[data-open]').focus();
}

const KEYS = {
  j: () => go(1),
  k: () => go(current() ? -1 : 1),
  c: () => current()?.querySelector('[data-claim]')?.click(),
  x: () => current()?.querySelector('input[name="task"]')?.click(),
  '?': () => help.showModal(),
};

// On a phone the tasks come first: what narrows the list is folded away unless it does.
const tools = document.querySelector('[data-tools]');
const narrow = matchMedia('(max-width: 640px)');
function fold() { tools.open = !narrow.matches || 'inUse' in tools.dataset; }
if (tools) {
  fold();
  narrow.addEventListener('change', fold);
}

if (list && help) {
  const chosen = help.querySelector('[data-keys-on]');
  chosen.checked = localStorage.getItem(SWITCH) !== 'off';
  chosen.addEventListener('change', () => localStorage.setItem(SWITCH, chosen.checked ? 'on' : 'off'));
  const open = document.querySelector('[data-keys-open]');
  open.hidden = false;
  open.addEventListener('click', () => help.showModal());
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]');
    if (event.ctrlKey || event.metaKey || event.altKey || typing || help.open || !chosen.checked) return;
    const action = KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
