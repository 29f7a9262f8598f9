/** Says to those who do not see it whether a field is wrong; an empty value would say no. */
export function markInvalid(field, isWrong) {
  if (isWrong) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
}
