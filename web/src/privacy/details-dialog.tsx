import { For } from 'solid-js';
import { presenceText } from '../presence/presence-text';
import { useRooms } from '../rooms/rooms.store';
import { Avatar } from '../ui/avatar';
import { now } from '../ui/clock';
import { Dialog } from '../ui/dialog';
import { nameOf } from '../users/name-of';
import { privacyWords, times } from '../words/words';
import { durationOf } from './duration';
import type { PeerDialogProps } from './peer-dialog-props';

/** Who the other of a chat is, and what the chat is like. */
export function DetailsDialog(props: PeerDialogProps) {
  const rooms = useRooms();
  const texts = privacyWords.details;
  const room = () => props.room.room;
  const timer = () => {
    const seconds = room().timer?.seconds;
    return seconds ? privacyWords.timer.duration(durationOf(seconds)) : privacyWords.timer.off;
  };
  const rows = (): [string, string][] => [
    [texts.presence, presenceText(props.peer, rooms.isPresenceKnown(), now()) || texts.unknown],
    [texts.since, times.day(room().created_at, now())],
    [texts.messages, texts.count(room().last_seq)],
    [texts.timer, timer()],
  ];
  return (
    <Dialog title={texts.title} onClose={props.onClose}>
      <div class="slim-scrollbar grid gap-5 overflow-y-auto px-5 pb-6">
        <div class="flex items-center gap-4">
          <Avatar user={props.peer} />
          <div class="min-w-0">
            <p class="text-lg font-bold wrap-anywhere" dir="auto">
              {nameOf(props.peer)}
            </p>
            <p class="truncate text-muted" dir="auto">
              {texts.handle(props.peer.username)}
            </p>
          </div>
        </div>
        <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-3">
          <For each={rows()}>
            {([name, value]) => (
              <>
                <dt class="text-muted">{name}</dt>
                <dd class="wrap-anywhere">{value}</dd>
              </>
            )}
          </For>
        </dl>
      </div>
    </Dialog>
  );
}
