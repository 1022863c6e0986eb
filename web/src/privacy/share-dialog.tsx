import { SHARES, type Sharing } from '@parley/shared';
import { For } from 'solid-js';
import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import { privacyWords } from '../words/words';
import { BlockedPeople } from './blocked-people';
import { changeSharing, getSharing } from './privacy.api';
import { SettingsDialog } from './settings-dialog';
import { createSettings } from './settings.store';
import { ShareSwitch } from './share-controls';
import { SharePreview } from './share-preview';

/** What others see of the user where a chat does not say otherwise, and who is blocked. */
export function ShareDialog(props: { onClose(): void }) {
  const { user } = useSession();
  const chat = useChat();
  const settings = createSettings<Sharing>({
    load: getSharing,
    save: changeSharing,
    pushed: () => chat.state().sharing ?? undefined,
  });

  return (
    <SettingsDialog
      title={privacyWords.share.title}
      text={privacyWords.share.text}
      settings={settings}
      onClose={props.onClose}
    >
      {(sharing) => (
        <>
          <SharePreview me={user} sharing={sharing()} title={privacyWords.preview.titleOthers} />
          <div class="grid divide-y divide-line">
            <For each={SHARES}>
              {(share) => (
                <ShareSwitch
                  share={share}
                  value={sharing()[share]}
                  onChange={(next) => settings.change(share, next)}
                />
              )}
            </For>
          </div>
          <BlockedPeople />
        </>
      )}
    </SettingsDialog>
  );
}
