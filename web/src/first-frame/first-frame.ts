// The script in the start page (vite.config.ts): all that is done before the code of the page is there.
import { LAST_VIEW, type LastView } from '../kept/last-view';
import { LAST_SETTINGS, showLook } from '../settings/look';
import { readLocal } from '../ui/local-json';
import { build, pageNow, type DrawnElement } from './picture';

/** How the page looked when this browser left it, if that was here, and nothing of it has expired since. */
function lastPicture(): DrawnElement | undefined {
  const picture = readLocal<LastView>(LAST_VIEW)?.picture;
  if (picture?.page !== pageNow()) return undefined;
  return picture.until && picture.until <= new Date().toISOString() ? undefined : picture.drawn;
}

showLook(readLocal(LAST_SETTINGS) ?? {});

const frame = document.getElementById('first-frame');
const app = document.getElementById('app');
if (frame && app) {
  const picture = lastPicture();
  if (picture) {
    frame.inert = true;
    frame.replaceChildren(build(picture));
  } else if (location.pathname.startsWith('/rooms/')) {
    frame.querySelector('.list-pane')?.classList.add('max-md:hidden');
  }
  // In the task in which the page shows something, so that no frame has both.
  new MutationObserver((_, observer) => {
    if (!app.querySelector('main')) return;
    frame.remove();
    observer.disconnect();
  }).observe(app, { childList: true, subtree: true });
}

// The first format of `Intl` takes some time, which the page has while its code is on its way.
requestAnimationFrame(() => setTimeout(() => new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })));
