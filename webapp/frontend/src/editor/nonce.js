// Imported first: libraries that make their own <style> elements get the page's nonce, or the policy would refuse them.
const nonce = document.querySelector('[data-editor]')?.dataset.nonce;
const create = document.createElement;

document.createElement = function createElement(name, ...options) {
  const element = create.call(this, name, ...options);
  if (nonce && String(name).toLowerCase() === 'style') element.nonce = nonce;
  return element;
};
