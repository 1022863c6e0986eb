import { createEffect } from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { secondLoad } from '../../second-load/second-load';
import { Icon } from '../../ui/icon';
import { MenuButton } from '../../ui/menu-button';
import { nameOf } from '../../users/name-of';
import { OwnAvatar } from '../../users/own-avatar';
import { loadAccountWords, loadPrivacyWords, words } from '../../words/words';
import { useAuth } from '../auth.store';
import { useSession } from '../session';

/** Whose account this is. Opens the menu of the account. */
export function Account() {
  const { user } = useSession();
  const chat = useChat();
  const auth = useAuth();
  createEffect(() => secondLoad().content()?.watchAccount(chat, auth));
  const name = () => nameOf(chat.state().users[user.id] ?? user);

  return (
    <MenuButton
      menuId="account-menu"
      class="account-button"
      failure={words.notLoaded.account}
      load={async () => {
        const [{ AccountMenu }] = await Promise.all([
          import('./account-menu'),
          loadAccountWords(),
          loadPrivacyWords(),
        ]);
        return (opener) => <AccountMenu opener={opener} />;
      }}
    >
      <OwnAvatar />
      <span class="min-w-0 flex-1 truncate font-semibold" dir="auto">
        {name()}
      </span>
      <Icon name="chevron" class="size-4 rotate-180 text-muted" />
    </MenuButton>
  );
}
