// Due dates and timers as a plain choice; whatever fits no sentence is shown as its formula.
import { choice, formula, line } from './entries.jsx';
import { t } from './page.js';

const WORKDAYS = /^=\s*working days\(\s*today\(\)\s*,\s*(\d+)\s*\)\s*$/;
const WHOLE = /^\d{1,4}$/;
const workdays = (number) => `=working days(today(), ${number})`;

/** What somebody chose on an element although its value reads otherwise: "formula" for one that fits a sentence, too. */
const chosen = new Map();

/** The sentences: how to read a stored value, how to write a number into it. `kind` names the XML element of a timer. */
const SENTENCES = [
  { key: 'workdays', name: t('nach … Arbeitstagen'), kind: 'timeDate', read: WORKDAYS, write: workdays, unit: t('Arbeitstage') },
  { key: 'days', name: t('nach … Tagen'), kind: 'timeDuration', read: /^P(\d+)D$/, write: (number) => `P${number}D`, unit: t('Tage') },
  { key: 'hours', name: t('nach … Stunden'), kind: 'timeDuration', read: /^PT(\d+)H$/, write: (number) => `PT${number}H`, unit: t('Stunden') },
  { key: 'every', name: t('immer wieder, alle … Tage'), kind: 'timeCycle', read: /^R\/P(\d+)D$/, write: (number) => `R/P${number}D`, unit: t('Tage') },
  { key: 'timeDate', name: t('zu einem Zeitpunkt (Formel)'), kind: 'timeDate' },
  { key: 'timeDuration', name: t('nach einer Dauer (Formel)'), kind: 'timeDuration' },
  { key: 'timeCycle', name: t('wiederholt (Formel)'), kind: 'timeCycle' },
];

/** Fields for a moment. `get` gives `{kind, text}`, `set` takes it; `kinds` are the XML elements that fit. */
export function moment(element, id, label, get, set, kinds, none = null) {
  const sentences = SENTENCES.filter((each) => kinds.includes(each.kind));
  const { kind, text } = get();
  const slot = `${element.id}/${id}`;
  const fits = text && sentences.find((each) => each.kind === kind && each.read?.test(text));
  const forced = chosen.get(slot);
  const current = !text ? undefined : (forced && forced.kind === kind && !forced.read ? forced : fits) ?? sentences.find((each) => each.key === kind);
  const number = current?.read ? text.match(current.read)[1] : '';

  const choose = (key) => {
    const wanted = sentences.find((each) => each.key === key);
    chosen.set(slot, wanted);
    if (!wanted) set({ kind, text: '' });
    else if (wanted.write) set({ kind: wanted.kind, text: wanted.write(number || 5) });
    else set({ kind: wanted.kind, text: wanted.kind === kind && text ? text : { timeDate: workdays(5), timeDuration: 'P5D', timeCycle: 'R/P7D' }[wanted.kind] });
  };
  const fields = [choice(`${id}-kind`, label, sentences, () => current?.key ?? '', choose, { none })];
  if (current?.read) {
    const check = (value) => (WHOLE.test(value ?? '') ? undefined : t('Bitte eine ganze Zahl angeben.'));
    const write = (value, problem) => { if (!problem) set({ kind: current.kind, text: current.write(Number(value)) }); };
    fields.push(line(id, current.unit, () => number, write, { validate: check }));
  } else if (current) {
    fields.push(formula(id, t('Formel'), () => text, (value) => set({ kind, text: value ?? '' }), { mixed: kind !== 'timeDate' }));
  }
  return fields;
}
