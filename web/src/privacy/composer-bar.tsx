import type { ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';
import { createSignal, Match, Switch } from 'solid-js';
import { useRooms } from '../rooms/rooms.store';
import { REQUESTS } from '../routing/route';
import { navigate } from '../routing/router';
import { showNotice } from '../ui/notices';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import { Bar } from './bar';
import { createPeerActions } from './peer-actions';
import { PeerDialog, type PeerView } from './peer-dialog';

interface BarProps {
  room: ClientRoom;
  peer: User;
}

/** Stands in the place of the composer where the user cannot write yet, or not any more. */
export function ComposerBar(props: BarProps) {
  return (
    <Switch fallback={<RequestBar room={props.room} peer={props.peer} />}>
      <Match when={props.peer.deleted}>
        <Bar label={privacyWords.deleted} problem="">
          <p class="py-2 text-pretty text-muted">{privacyWords.deleted}</p>
        </Bar>
      </Match>
      <Match when={props.room.room.blocked}>
        <BlockedBar room={props.room} peer={props.peer} />
      </Match>
    </Switch>
  );
}

/** What the user can do with the first messages of somebody new. */
function RequestBar(props: BarProps) {
  const actions = createPeerActions();
  const rooms = useRooms();
  const [view, setView] = createSignal<PeerView | null>(null);
  const name = () => nameOf(props.peer);
  let opener: HTMLElement | undefined;

  async function decline(): Promise<void> {
    // The room is gone before the answer comes: what is needed of it is kept.
    const [text, href] = [
      privacyWords.request.declined(name()),
      rooms.requests().length > 1 ? REQUESTS : '/',
    ];
    if (!(await actions.decline(props.room.room.id))) return;
    showNotice({ id: 'declined', text });
    navigate(href, { replace: true });
  }

  function open(next: PeerView, from: HTMLElement): void {
    opener = from;
    setView(next);
  }

  return (
    <Bar label={privacyWords.request.label(name())} problem={actions.problem()}>
      <div class="grid gap-0.5">
        <p class="font-semibold text-balance wrap-anywhere">{privacyWords.request.question(name())}</p>
        <p class="text-sm text-pretty wrap-anywhere text-muted">{privacyWords.request.text(name())}</p>
      </div>
      <div class="flex flex-wrap items-center gap-2">
        <button
          type="button"
          class="button-primary grow sm:grow-0 sm:px-6"
          aria-disabled={actions.isBusy()}
          onClick={() => void actions.accept(props.room.room.id)}
        >
          {privacyWords.request.accept}
        </button>
        <button
          type="button"
          class="button-quiet grow border border-line-strong sm:grow-0"
          aria-disabled={actions.isBusy()}
          onClick={() => void decline()}
        >
          {privacyWords.request.decline}
        </button>
        <span class="flex grow justify-center sm:justify-end">
          <button
            type="button"
            class="button-quiet text-danger"
            onClick={(event) => open('block', event.currentTarget)}
          >
            {privacyWords.block.confirm}
          </button>
          <button
            type="button"
            class="button-quiet text-danger"
            onClick={(event) => open('report', event.currentTarget)}
          >
            {privacyWords.report.short}
          </button>
        </span>
      </div>
      <PeerDialog
        view={view()}
        room={props.room}
        peer={props.peer}
        onClose={() => {
          setView(null);
          opener?.focus();
        }}
      />
    </Bar>
  );
}

function BlockedBar(props: BarProps) {
  const actions = createPeerActions();
  return (
    <Bar label={privacyWords.block.blocked(nameOf(props.peer))} problem={actions.problem()}>
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p class="min-w-0 text-pretty wrap-anywhere">{privacyWords.block.blocked(nameOf(props.peer))}</p>
        <button
          type="button"
          class="button-quiet -me-3 text-accent"
          aria-label={privacyWords.block.undo(nameOf(props.peer))}
          aria-disabled={actions.isBusy()}
          onClick={() => void actions.unblock(props.peer)}
        >
          {privacyWords.block.undoShort}
        </button>
      </div>
    </Bar>
  );
}
