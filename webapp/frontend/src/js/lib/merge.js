/** Brings the fields of `fragment` into `holder` without touching what somebody is typing in.
 *
 * Fields carry `data-field`; new ones are put in, vanished ones taken out, the others stay as they are. With `problems`
 * the fields whose problems changed are replaced as well.
 */
export function mergeFields(holder, fragment, { problems }) {
  const old = fieldsOf(holder);
  const fresh = fieldsOf(fragment);
  for (const [key, element] of old) if (!fresh.has(key)) element.remove();
  let before = null;
  for (const [key, element] of fresh) {
    const there = old.get(key);
    if (!there || !there.isConnected) {
      place(holder, element, before);
      before = element;
      continue;
    }
    const isGroup = element.hasAttribute('data-group');
    const changed = problems ? signature(there) !== signature(element) : there.dataset.shape !== element.dataset.shape;
    if (!isGroup && changed && !there.contains(document.activeElement)) {
      keepEntries(there, element);
      there.replaceWith(element);
      before = element;
    } else {
      before = there;
    }
  }
}

function fieldsOf(root) {
  return new Map([...root.querySelectorAll('[data-field]')].map((element) => [element.dataset.field, element]));
}

/** A field's look apart from its value: its shape (options, texts) and its problems. */
function signature(element) {
  return `${element.dataset.shape}|${element.querySelector('[data-problems]')?.textContent.trim() ?? ''}`;
}

/** Puts a new field where the fragment has it: behind its predecessor, or first in its group. */
function place(holder, element, before) {
  const group = element.parentElement.closest('[data-group]');
  const parent = group ? holder.querySelector(`[data-group="${CSS.escape(group.dataset.group)}"] > [data-group-body]`) : holder;
  if (!parent || parent.contains(element)) return;
  const anchor = before && parent.contains(before) ? [...parent.children].find((child) => child.contains(before)) : null;
  if (anchor) anchor.after(element);
  else parent.prepend(element);
}

/** What was typed or chosen stays, whatever the server drew: somebody may have gone on typing since it was asked. */
function keepEntries(there, element) {
  const fresh = [...element.querySelectorAll('input, select, textarea')];
  for (const old of there.querySelectorAll('input, select, textarea')) {
    const isChoice = old.type === 'checkbox' || old.type === 'radio';
    const twin = fresh.find((control) => control.name === old.name && (!isChoice || control.value === old.value));
    if (!twin) continue;
    if (isChoice) twin.checked = old.checked;
    else if (old.type === 'file') twin.replaceWith(old);
    else twin.value = old.value;
  }
}
