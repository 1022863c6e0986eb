import { SHARES, type RoomSettings, type Sharing } from '@parley/shared';
import { createEffect, createSignal, For, on, untrack } from 'solid-js';
import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import type { PeerDialogProps } from './peer-dialog-props';
import { changeRoomSettings, getRoomSettings, getSharing } from './privacy.api';
import { SettingsDialog } from './settings-dialog';
import { createSettings } from './settings.store';
import { ShareChoice } from './share-controls';
import { SharePreview } from './share-preview';

/** What the other of one chat sees of the user: as in general, or always, or never. */
export function RoomShareDialog(props: PeerDialogProps) {
  const chat = useChat();
  const { user } = useSession();
  const roomId = untrack(() => props.room.room.id);
  const [inGeneral, setInGeneral] = createSignal<Sharing>();
  const settings = createSettings<RoomSettings>({
    async load() {
      const [room, me] = await Promise.all([getRoomSettings(roomId), getSharing()]);
      setInGeneral(me);
      return room;
    },
    save: (change) => changeRoomSettings(roomId, change),
    pushed: () => chat.state().settings[roomId],
  });
  createEffect(
    on(
      () => chat.state().sharing,
      (changed) => changed && setInGeneral(changed),
      { defer: true },
    ),
  );
  const name = () => nameOf(props.peer);
  const shared = (values: RoomSettings): Sharing =>
    Object.fromEntries(
      SHARES.map((share) => [share, values[share] ?? inGeneral()![share]]),
    ) as unknown as Sharing;

  return (
    <SettingsDialog
      title={privacyWords.share.titleIn}
      text={privacyWords.share.textIn(name())}
      settings={settings}
      onClose={props.onClose}
    >
      {(values) => (
        <>
          <SharePreview me={user} sharing={shared(values())} title={privacyWords.preview.title(name())} />
          <div class="grid divide-y divide-line">
            <For each={SHARES}>
              {(share) => (
                <ShareChoice
                  share={share}
                  value={values()[share]}
                  inGeneral={inGeneral()![share]}
                  onChange={(next) => settings.change(share, next)}
                />
              )}
            </For>
          </div>
        </>
      )}
    </SettingsDialog>
  );
}
