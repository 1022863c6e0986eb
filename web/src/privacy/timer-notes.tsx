import type { MessageTimer, User } from '@parley/shared';
import { Show } from 'solid-js';
import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import { durationOf } from './duration';

/** Says above the composer that what is written now disappears, and when. */
export function TimerNote(props: { seconds: number }) {
  return (
    <p class="h-6 truncate px-4 text-center text-xs leading-6 text-muted" data-later>
      {privacyWords.timer.note(durationOf(props.seconds))}
    </p>
  );
}

/** Says in the log who has changed the timer, and to what. */
export function TimerLine(props: { timer: MessageTimer; peer: User }) {
  const session = useSession();
  const name = () => (props.timer.user_id === session.user.id ? privacyWords.timer.you : nameOf(props.peer));
  return (
    <li class="my-3 px-6 text-center text-xs text-pretty wrap-anywhere text-muted" data-later>
      <time datetime={props.timer.changed_at}>
        {privacyWords.timer.changed(
          name(),
          props.timer.seconds === null ? null : durationOf(props.timer.seconds),
        )}
      </time>
    </li>
  );
}

/** Says that the server removes every message after some time, if it does. */
export function RetentionNote() {
  const chat = useChat();
  return (
    <Show when={chat.limits().retention_seconds}>
      {(seconds) => (
        <p class="text-sm text-pretty text-muted">{privacyWords.timer.retention(durationOf(seconds()))}</p>
      )}
    </Show>
  );
}
