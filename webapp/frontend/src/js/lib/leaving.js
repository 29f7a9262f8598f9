// Nothing is lost by leaving a page: what is not kept yet is kept first, and if that fails the browser asks.

const PATIENCE = 3000;

/** `isUnsaved` tells whether something would be lost, `keep` sends it; `form` is the one whose sending keeps it anyway. */
export function beforeLeaving({ isUnsaved, keep, form = null }) {
  const waited = new WeakSet();
  addEventListener('beforeunload', (event) => {
    if (!isUnsaved()) return;
    keep({ keepalive: true });
    event.preventDefault();
  });
  addEventListener('pagehide', () => { if (isUnsaved()) keep({ keepalive: true }); });
  document.addEventListener('visibilitychange', () => { if (document.hidden && isUnsaved()) keep({ keepalive: true }); });
  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || !isUnsaved() || !leaves(event, link)) return;
    event.preventDefault();
    await kept(keep);
    location.assign(link.href);
  });
  document.addEventListener('submit', async (event) => {
    const { target, submitter } = event;
    const isOther = target !== form && (submitter?.formMethod || target.method) !== 'dialog';
    if (event.defaultPrevented || !isOther || waited.has(target) || !isUnsaved()) return;
    event.preventDefault();
    await kept(keep);
    waited.add(target);
    target.requestSubmit(submitter);
  });
}

/** Nobody waits for ever on a network that is away: then the browser asks. */
function kept(keep) {
  return Promise.race([keep(), new Promise((done) => { setTimeout(done, PATIENCE); })]);
}

function leaves(event, link) {
  const isElsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target || link.hasAttribute('download');
  const isHere = link.hash && link.href.split('#')[0] === location.href.split('#')[0];
  return !event.defaultPrevented && !isElsewhere && !isHere;
}
