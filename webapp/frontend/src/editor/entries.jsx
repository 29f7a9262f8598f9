// The kinds of fields of our panel, each with a function that reads and one that writes.
import { CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { Expression } from './expression.jsx';
import { t } from './page.js';

function Line(props) {
  return <TextFieldEntry {...props} debounce={useService('debounceInput')} />;
}

function Area(props) {
  return <TextAreaEntry {...props} debounce={useService('debounceInput')} autoResize />;
}

function Choice({ options, ...props }) {
  return <SelectEntry {...props} getOptions={() => options(props.element)} />;
}

const isFormulaEdited = (node) => Boolean(node?.value);
const entry = (component, isEdited) => (id, label, getValue, setValue, more = {}) => ({
  id, component, isEdited, label, getValue, setValue, ...more,
});

export const line = entry(Line, isTextFieldEntryEdited);
export const area = entry(Area, isTextAreaEntryEdited);
export const tick = entry(CheckboxEntry, isCheckboxEntryEdited);
export const formula = entry(Expression, isFormulaEdited);
export const textOrFormula = (id, label, getValue, setValue, more = {}) => formula(id, label, getValue, setValue, { ...more, mixed: true });

/** A choice from `[{key, name}]`; a value that is not in the list stays visible as it is. */
export function choice(id, label, list, getValue, setValue, { none = t('bitte wählen'), ...more } = {}) {
  const options = (element) => {
    const value = getValue(element);
    const listed = list.map((each) => ({ value: each.key, label: each.name }));
    if (value && !list.some((each) => each.key === value)) listed.push({ value, label: `${value} (${t('gibt es nicht')})` });
    return none === null ? listed : [{ value: '', label: none }, ...listed];
  };
  return { ...entry(Choice, isSelectEntryEdited)(id, label, getValue, setValue), options, ...more };
}

export const group = (id, label, entries, shouldOpen = true) => ({ id, label, entries: entries.filter(Boolean), shouldOpen });
