import { For, Show, untrack } from 'solid-js';
import { useSession } from '../auth/session';
import { Dialog } from '../ui/dialog';
import { nameOf } from '../users/name-of';
import { privacyWords, times } from '../words/words';
import { durationOf } from './duration';
import { createPeerActions } from './peer-actions';
import type { PeerDialogProps } from './peer-dialog-props';
import { RetentionNote } from './timer-notes';

/** What is offered: an hour, a day, a week, four weeks. A program may set others. */
const OFFERED = [3_600, 86_400, 604_800, 2_419_200];

/** After which time new messages of the chat disappear, for both. */
export function TimerDialog(props: PeerDialogProps) {
  const actions = createPeerActions();
  const session = useSession();
  const { room } = untrack(() => props.room);
  const timer = () => props.room.room.timer;
  const name = () => nameOf(props.peer);
  const setBy = (userId: number) => (userId === session.user.id ? privacyWords.timer.you : name());
  const seconds = untrack(() => timer()?.seconds ?? null);
  const choices = [null, ...new Set(seconds === null ? OFFERED : [...OFFERED, seconds])].toSorted(
    (x, y) => (x ?? 0) - (y ?? 0),
  );

  async function save(form: HTMLFormElement): Promise<void> {
    const chosen = new FormData(form).get('seconds');
    if (await actions.setTimer(room.id, chosen === '' ? null : Number(chosen))) props.onClose();
  }

  return (
    <Dialog title={privacyWords.timer.title} onClose={props.onClose}>
      <form
        class="slim-scrollbar grid gap-4 overflow-y-auto px-5 pb-5"
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <For each={privacyWords.timer.text(name())}>
          {(text) => <p class="text-sm text-pretty wrap-anywhere text-muted">{text}</p>}
        </For>
        <fieldset class="grid">
          <legend class="pb-1 font-semibold">{privacyWords.timer.question}</legend>
          <For each={choices}>
            {(choice) => (
              <label class="flex min-h-11 cursor-pointer items-center gap-3">
                <input
                  type="radio"
                  name="seconds"
                  class="size-4.5 accent-accent"
                  value={choice ?? ''}
                  checked={choice === seconds}
                />
                {choice === null ? privacyWords.timer.off : privacyWords.timer.duration(durationOf(choice))}
              </label>
            )}
          </For>
        </fieldset>
        <Show when={timer()}>
          {(last) => (
            <p class="text-sm wrap-anywhere text-muted">
              {privacyWords.timer.setBy(setBy(last().user_id), times.stamp(last().changed_at))}
            </p>
          )}
        </Show>
        <RetentionNote />
        <p class="text-sm font-medium text-danger empty:hidden" role="alert">
          {actions.problem()}
        </p>
        <button type="submit" class="button-primary" aria-disabled={actions.isBusy()}>
          {privacyWords.timer.save}
        </button>
      </form>
    </Dialog>
  );
}
