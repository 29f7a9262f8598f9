// Phone intake: shows entries of the register that may be meant, while the name is typed. Without this file a button asks.
const PAUSE = 350;
const WATCHED = ['organisation_name', 'contact_email', '_address'];

for (const panel of document.querySelectorAll('[data-matches]')) {
  const form = panel.closest('form');
  const list = panel.querySelector('[data-match-list]');
  let timer = 0;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    const body = new FormData();
    for (const name of [...WATCHED, 'csrf_token']) body.set(name, form.elements[name]?.value || '');
    const response = await fetch(panel.dataset.matches, { method: 'POST', body }).catch(() => null);
    if (response?.status === 200 && mine === asked) list.innerHTML = await response.text();
  }

  form.addEventListener('input', (event) => {
    if (!WATCHED.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
