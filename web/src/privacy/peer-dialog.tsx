import { Match, Switch } from 'solid-js';
import { BlockDialog } from './block-dialog';
import type { PeerDialogProps } from './peer-dialog-props';
import { ReportDialog } from './report-dialog';
import { RoomShareDialog } from './room-share-dialog';
import { TimerDialog } from './timer-dialog';

/** What the user can decide about a chat, and the other in it. */
export type PeerView = 'share' | 'timer' | 'block' | 'report';

/** The dialog of `view`, or none. */
export function PeerDialog(props: PeerDialogProps & { view: PeerView | null }) {
  return (
    <Switch>
      <Match when={props.view === 'share'}>
        <RoomShareDialog room={props.room} peer={props.peer} onClose={props.onClose} />
      </Match>
      <Match when={props.view === 'timer'}>
        <TimerDialog room={props.room} peer={props.peer} onClose={props.onClose} />
      </Match>
      <Match when={props.view === 'block'}>
        <BlockDialog room={props.room} peer={props.peer} onClose={props.onClose} />
      </Match>
      <Match when={props.view === 'report'}>
        <ReportDialog room={props.room} peer={props.peer} onClose={props.onClose} />
      </Match>
    </Switch>
  );
}
