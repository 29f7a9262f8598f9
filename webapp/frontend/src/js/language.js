// Changing the language in the middle of a form that has no switch of its own: one that can be drawn anew is, in that language and with what was typed
// and chosen; of any other with something typed in it one is asked first. What a script keeps needs neither.
let typed = false;
document.querySelector('main').addEventListener('input', (event) => {
  const form = event.target.form;
  if (form?.method === 'post' && !form.dataset.failed) typed = true;
});

/** Sends the form to be drawn in the language of the link. */
function draw(form, link) {
  const address = new URL(form.action);
  address.searchParams.set('lang', new URL(link.href).searchParams.get('lang'));
  form.action = address;
  const action = document.createElement('input');
  Object.assign(action, { type: 'hidden', name: '_action', value: 'refresh' });
  form.append(action);
  form.submit();
}

for (const link of document.querySelectorAll('.languages a')) {
  link.addEventListener('click', (event) => {
    const form = document.querySelector('main form[data-refresh]');
    if (form && !form.querySelector('[data-draft-note]')) {
      event.preventDefault();
      draw(form, link);
    } else if (!form && typed && !confirm(link.closest('[data-ask]').dataset.ask)) {
      event.preventDefault();
    }
  });
}
