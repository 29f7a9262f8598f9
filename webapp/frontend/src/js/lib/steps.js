import { mergeFields } from './merge.js';

/** Shows a form's top-level groups one at a time; "Weiter" asks the server whether the group is complete. */
export function showSteps(form, holder, ask) {
  const bar = form.querySelector('[data-step-bar]');
  const next = form.querySelector('[data-step-next]');
  const back = form.querySelector('[data-step-back]');
  const send = form.querySelector('[data-step-send]');
  const groups = () => [...holder.querySelectorAll(':scope > [data-step]')];
  if (groups().length < 2) return;

  let current = Math.max(0, groups().findIndex((group) => group.querySelector('[aria-invalid="true"]')));
  form.classList.add('is-stepped');

  function show({ focus = false } = {}) {
    const steps = groups();
    current = Math.min(current, steps.length - 1);
    steps.forEach((step, index) => { step.hidden = index !== current; });
    const last = current === steps.length - 1;
    back.hidden = current === 0;
    next.hidden = last;
    send.hidden = !last;
    bar.hidden = false;
    bar.querySelector('progress').max = steps.length;
    bar.querySelector('progress').value = current + 1;
    bar.querySelector('label').textContent = bar.dataset.stepBar.replace('{current}', current + 1).replace('{all}', steps.length);
    if (!focus) return;
    const heading = steps[current].querySelector('legend, h2');
    heading.tabIndex = -1;
    heading.focus();
    bar.scrollIntoView({ block: 'start' });
  }

  next.addEventListener('click', async () => {
    next.setAttribute('aria-busy', 'true');
    const fragment = await ask({ _check: '1' });
    next.removeAttribute('aria-busy');
    if (fragment) {
      keepOnly(fragment, groups()[current].dataset.field);
      document.activeElement?.blur();
      mergeFields(holder, fragment, { problems: true });
    }
    const wrong = groups()[current].querySelector('[aria-invalid="true"]');
    if (wrong) {
      wrong.focus();
      return;
    }
    current += 1;
    show({ focus: true });
  });
  back.addEventListener('click', () => {
    current -= 1;
    show({ focus: true });
  });
  form.addEventListener('keydown', (event) => {
    const isLine = event.target.matches('input:not([type=submit], [type=button])');
    if (event.key !== 'Enter' || !isLine || next.hidden) return;
    event.preventDefault();
    next.click();
  });
  form.closest('main').querySelector('[data-error-summary]')?.addEventListener('click', (event) => {
    const id = event.target.closest('a')?.hash.slice(1);
    const index = groups().findIndex((group) => id && group.querySelector(`#${CSS.escape(id)}`));
    if (index < 0) return;
    current = index;
    show();
  });
  show();
}

/** Later steps have not been asked yet: their problems are nobody's business now. */
function keepOnly(fragment, key) {
  for (const step of fragment.querySelectorAll('[data-step]')) {
    if (step.dataset.field === key) continue;
    for (const field of step.querySelectorAll('[data-field]')) field.querySelector('[data-problems]')?.replaceChildren();
    for (const wrong of step.querySelectorAll('[aria-invalid]')) wrong.removeAttribute('aria-invalid');
    for (const wrong of step.querySelectorAll('[class*="--error"]')) wrong.className = wrong.className.replace(/\S+--error/g, '');
  }
}
