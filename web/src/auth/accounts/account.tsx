import { createSignal, Show } from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { Avatar } from '../../ui/avatar';
import { createChunk } from '../../ui/chunk';
import { Icon } from '../../ui/icon';
import { nameOf } from '../../users/name-of';
import { loadAccountWords, words } from '../../words/words';
import { useAuth } from '../auth.store';
import { useSession } from '../session';
import { keepSession } from './keep-session';

/** Whose account this is. Opens the menu of the account, whose code comes with the first touch. */
export function Account() {
  const { user } = useSession();
  keepSession(useChat(), useAuth());
  const [opener, setOpener] = createSignal<HTMLButtonElement>();
  const menu = createChunk(words.notLoaded.account, async () => {
    const [{ AccountMenu }] = await Promise.all([import('./account-menu'), loadAccountWords()]);
    return AccountMenu;
  });
  const name = nameOf(user);

  return (
    <>
      <button
        ref={setOpener}
        type="button"
        class="flex min-h-11 min-w-0 flex-1 items-center gap-2.5 rounded-xl px-2 py-1 text-left transition-colors hover:bg-hover"
        aria-haspopup="menu"
        popovertarget="account-menu"
        onPointerEnter={menu.prepare}
        onFocus={menu.prepare}
        onClick={() => {
          // Once it is there, the browser opens and closes it.
          if (!menu.content()) menu.demand(() => document.getElementById('account-menu')?.showPopover());
        }}
      >
        <Avatar name={name} small />
        <span class="min-w-0 truncate font-semibold" dir="auto">
          {name}
        </span>
        <Icon name="chevron" class="size-4 text-muted" />
      </button>
      <Show when={menu.content()}>
        {(loaded) => {
          const Menu = loaded();
          return <Menu opener={opener()} />;
        }}
      </Show>
    </>
  );
}
