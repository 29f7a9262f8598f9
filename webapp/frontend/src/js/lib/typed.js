// What a person typed or chose before the script of the page had arrived; the same after going back.

/** Whether anything in the form differs from what the server drew. */
export function typedAlready(form) {
  return [...form.elements].some((control) => {
    if (control.matches('input[type=checkbox], input[type=radio]')) return control.checked !== control.defaultChecked;
    if (control.matches('select')) return chosen(control) !== drawn(control);
    if (control.matches('input:not([type=hidden], [type=file]), textarea')) return control.value !== control.defaultValue;
    return false;
  });
}

const chosen = (select) => [...select.selectedOptions].map(({ value }) => value).join('\n');

function drawn(select) {
  const options = [...select.options].filter(({ defaultSelected }) => defaultSelected);
  if (!options.length && !select.multiple) return select.options[0]?.value ?? '';
  return options.map(({ value }) => value).join('\n');
}
