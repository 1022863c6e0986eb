import { onMount } from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { Icon } from '../../ui/icon';
import { MenuButton } from '../../ui/menu-button';
import { nameOf } from '../../users/name-of';
import { OwnAvatar } from '../../users/own-avatar';
import { loadProfileWords, simulationWords, words } from '../../words/words';
import { useSession } from '../session';
import { useIdentity } from './identity.store';

/** The page is made anew for another user: the focus goes on where it was. */
let isChanging = false;

/** Who this window is. Opens the menu in which it becomes somebody else. */
export function SimulationAccount() {
  const chat = useChat();
  const identity = useIdentity();
  const { user } = useSession();

  onMount(() => {
    if (isChanging) document.querySelector<HTMLElement>('[popovertarget="account-menu"]')?.focus();
    isChanging = false;
  });

  return (
    <MenuButton
      menuId="account-menu"
      class="account-button"
      failure={words.notLoaded.account}
      load={async () => {
        const [{ SimulationMenu }, profileWords] = await Promise.all([
          import('./simulation-menu'),
          loadProfileWords(),
        ]);
        return (opener) => (
          <SimulationMenu
            identity={identity}
            opener={opener}
            profileWords={profileWords}
            onChange={() => (isChanging = true)}
          />
        );
      }}
    >
      <OwnAvatar />
      <span class="grid min-w-0 flex-1">
        <span class="truncate font-semibold" dir="auto">
          {nameOf(chat.state().users[user.id] ?? user)}
        </span>
        <span class="text-xs text-pretty text-muted">{simulationWords.label}</span>
      </span>
      <Icon name="chevron" class="size-4 rotate-180 text-muted" />
    </MenuButton>
  );
}
