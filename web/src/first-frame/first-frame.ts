// The script in the start page (vite.config.ts): all that is done before the code of the page is there.
import { LAST_VIEW, type LastView } from '../kept/last-view';
import { LAST_SETTINGS, showLook } from '../settings/look';
import { readLocal } from '../ui/local-json';
import { build, pageNow, sizeNow, type DrawnElement } from './picture';

/** Before there is anything to lay out. */
const size = sizeNow();

/** How the page looked when this browser left it, if that was here, and nothing of it has expired since. */
function lastPicture(): DrawnElement | undefined {
  const picture = readLocal<LastView>(LAST_VIEW)?.picture;
  if (picture?.page !== pageNow(size)) return undefined;
  return picture.until && picture.until <= new Date().toISOString() ? undefined : picture.drawn;
}

/** Shows it in place of the grey shapes. */
function showFrame(): void {
  const frame = document.getElementById('first-frame');
  const app = document.getElementById('app');
  if (!frame || !app) return;
  const picture = lastPicture();
  if (picture) {
    frame.inert = true;
    frame.replaceChildren(build(picture));
  } else {
    if (location.pathname.startsWith('/rooms/')) frame.className = 'of-room';
    // The first format of `Intl` takes some time, which a page without a picture has while its code is on its way.
    requestAnimationFrame(() => setTimeout(() => new Intl.DateTimeFormat()));
  }
  // In the task in which the page shows something, so that no frame has both.
  new MutationObserver((_, observer) => {
    if (!app.querySelector('main')) return;
    frame.remove();
    observer.disconnect();
  }).observe(app, { childList: true, subtree: true });
}

showLook(readLocal(LAST_SETTINGS));

// Once the page is parsed: this script comes before the styles, which a script would wait for, and the frame is made while they come.
document.addEventListener('readystatechange', showFrame, { once: true });
