// Whatever a script keeps survives the end of a session: once somebody has signed in again in another window, this page
// takes that session's token and goes on. Until then it says so, where the page has a place for it.

const REFUSED = [400, 401];
const signedOut = document.querySelector('[data-signed-out]');
const who = (page) => page.querySelector('[data-account]')?.dataset.account ?? '';
let renewing = null;

/** The token every change is sent with. */
export const token = () => document.querySelector('[name=csrf_token]')?.value ?? '';

/** Sends what `options()` gives, once more when only the session was another; null when nothing was taken by the server. */
export async function sent(url, options) {
  let answer = await tried(url, options());
  if (isRefused(answer) && (await renewed())) answer = await tried(url, options());
  if (!answer || isRefused(answer)) return null;
  if (signedOut) signedOut.hidden = true;
  return answer;
}

/** What outlives its page may only be small; what is larger goes without that promise. */
async function tried(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    return options.keepalive ? fetch(url, { ...options, keepalive: false }).catch(() => null) : null;
  }
}

const isRefused = (answer) => Boolean(answer) && (answer.redirected || REFUSED.includes(answer.status));

function renewed() {
  renewing ??= askAgain().finally(() => { renewing = null; });
  return renewing;
}

/** Asks for this page anew; the token in it counts when it is drawn for the same person. */
async function askAgain() {
  const answer = await fetch(location.href, { headers: { 'X-Poll': '1' }, cache: 'no-store' }).catch(() => null);
  if (!answer || answer.status >= 500) return false;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const isSame = who(page) === who(document);
  if (signedOut) signedOut.hidden = isSame;
  const fresh = page.querySelector('[name=csrf_token]')?.value;
  if (!isSame || !fresh) return false;
  for (const field of document.querySelectorAll('[name=csrf_token]')) field.value = fresh;
  return true;
}
