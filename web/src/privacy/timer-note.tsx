import { privacyWords } from '../words/words';
import { durationOf } from './duration';

/** Says above the composer that what is written now disappears, and when. */
export function TimerNote(props: { seconds: number }) {
  return (
    <p class="h-6 truncate px-4 text-center text-xs leading-6 text-muted">
      {privacyWords.timer.note(durationOf(props.seconds))}
    </p>
  );
}
