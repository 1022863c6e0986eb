import { times } from '../words/words';

/**
 * From now on each time in the page says when it was in full, to a pointer that rests on it. Written where it stands, each row
 * would have to format it, and hardly any is pointed at. Called once.
 */
export function titleTimes(): void {
  document.addEventListener('pointerover', ({ target }) => {
    const time = target instanceof Element && target.closest('time');
    if (time) time.title = times.full(time.dateTime);
  });
}
