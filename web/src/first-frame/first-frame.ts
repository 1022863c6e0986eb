// The script in the start page (vite.config.ts): all that is done before the code of the page is there.
import { LAST_VIEW, type LastView } from '../kept/last-view';
import { LAST_SETTINGS, showLook } from '../settings/look';
import { readLocal } from '../ui/local-json';
import { build, pageNow, sizeNow, type DrawnElement } from './picture';

/** Not that of the picture. */
const PAGE = '#app main';

/** Before there is anything to lay out. */
const size = sizeNow();

/** How the page looked when this browser left it, if that was here, and nothing of it has expired since. */
function lastPicture(): DrawnElement | undefined {
  const picture = readLocal<LastView>(LAST_VIEW)?.picture;
  if (picture?.page !== pageNow(size)) return undefined;
  return picture.until && picture.until <= new Date().toISOString() ? undefined : picture.drawn;
}

/** Calls `then` in the task in which an element comes that `selector` selects, so before any frame that has it. */
function whenThere(selector: string, then: () => void): void {
  new MutationObserver((_, observer) => {
    if (!document.querySelector(selector)) return;
    observer.disconnect();
    then();
  }).observe(document, { childList: true, subtree: true });
}

/** Shows it in place of the grey shapes. */
function showFrame(): void {
  const frame = document.getElementById('first-frame')!;
  const picture = lastPicture();
  if (picture) {
    frame.inert = true;
    frame.replaceChildren(build(picture));
  } else {
    if (location.pathname.startsWith('/rooms/')) frame.className = 'of-room';
    // The first format of `Intl` takes some time, which a page without a picture has while its code is on its way.
    requestAnimationFrame(() => setTimeout(() => new Intl.DateTimeFormat()));
  }
  // No frame has both.
  whenThere(PAGE, () => frame.remove());
}

showLook(readLocal(LAST_SETTINGS));

// This script comes before the styles, which a script would wait for: the frame is made while they come. From `#app` on, the browser may
// paint, be the page at its end or not.
whenThere('#app', showFrame);
