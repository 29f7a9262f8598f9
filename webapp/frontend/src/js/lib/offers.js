// What is offered while a formula is typed: names that begin like the word before the cursor.
const MOST = 8;
const WORD = /[\p{L}_][\p{L}\p{N}_]*$/u;

export function wordBefore(text) {
  return text.match(WORD)?.[0] ?? '';
}

export function beginningWith(names, start) {
  const fold = (text) => text.toLowerCase();
  return names.filter(({ name }) => fold(name).startsWith(fold(start)) && name !== start).slice(0, MOST);
}

export function withoutWord(text) {
  return text.replace(WORD, '');
}
