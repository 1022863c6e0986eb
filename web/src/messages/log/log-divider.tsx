import type { User } from '@parley/shared';
import { Match, Switch } from 'solid-js';
import { privacyParts } from '../../privacy/load-privacy';
import { Later } from '../../ui/later';
import { words } from '../../words/words';
import type { Row } from './bubbles';

interface LogDividerProps {
  row: Row | undefined;
  peer: User;
}

/** A row that is no message: the name of a day, where the new messages begin, or a change of the timer. */
export function LogDivider(props: LogDividerProps) {
  const day = () => (props.row?.kind === 'day' ? props.row : null);
  const timer = () => (props.row?.kind === 'timer' ? props.row.timer : null);
  return (
    <Switch
      fallback={
        // The name of the day sticks in the middle: these words are beside it.
        <li class="my-3 flex items-center gap-3 px-4 text-xs font-semibold text-badge" data-unread>
          {words.messages.newMessages}
          <span class="h-px flex-1 bg-badge" />
        </li>
      }
    >
      <Match when={day()}>
        {(shown) => (
          <li class="pointer-events-none sticky top-2 z-10 my-3 flex justify-center">
            <button
              type="button"
              class="pointer-events-auto rounded-full border border-line bg-panel px-3 py-1 text-xs font-medium text-muted hover:bg-hover"
              aria-haspopup="dialog"
              // The arrow keys go from message to message. By key, the search of the chat leads to a date.
              tabIndex={-1}
              data-day={shown().at}
            >
              {shown().label}
            </button>
          </li>
        )}
      </Match>
      <Match when={timer()}>
        {(change) => (
          <Later chunk={privacyParts()} fallback={<li class="my-3 h-4" />}>
            {({ TimerLine }) => <TimerLine timer={change()} peer={props.peer} />}
          </Later>
        )}
      </Match>
    </Switch>
  );
}
