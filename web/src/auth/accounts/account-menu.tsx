import { createSignal, Match, Switch } from 'solid-js';
import { navigate } from '../../routing/router';
import { useChat } from '../../realtime/chat.store';
import { ShareDialog } from '../../privacy/share-dialog';
import { secondLoad } from '../../second-load/second-load';
import { SETTINGS_PATH } from '../../settings/settings-icon';
import { createChunk } from '../../ui/chunk';
import { Menu } from '../../ui/menu';
import { dismissNotice, showNotice } from '../../ui/notices';
import { nameOf } from '../../users/name-of';
import { OwnAvatar } from '../../users/own-avatar';
import { accountWords, loadProfileWords } from '../../words/words';
import { useAuth } from '../auth.store';
import { useSession } from '../session';
import { endSession } from './accounts.api';
import { Devices } from './devices';
import { LogOut } from './log-out';
import { PASSKEY_PATH } from './passkeys/passkey-icon';
import { Passkeys } from './passkeys/passkeys';
import { Password } from './password';
import { clearPrivate } from './private-storage';

/** In the order of the menu: who I am, what others see, where and how I am signed in, and what ends. */
const ICONS = {
  profile: 'M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm-8 9a8 8 0 0 1 16 0',
  settings: SETTINGS_PATH,
  privacy: 'M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7Zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  devices:
    'M3 6a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2M3 6v9h9M2 19h10m4-9h4a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z',
  passkeys: PASSKEY_PATH,
  password:
    'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z',
  identities:
    'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  tokens: 'M12 12.2 3.2 21M6 18.2l2.6 2.6M9 15.2l2 2M15.5 13.5a5 5 0 1 0 0-10 5 5 0 0 0 0 10Z',
  dataExport: 'M12 3v12m-5-5 5 5 5-5M4 17v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3',
  deletion: 'M4 7h16M10 11v6m4-6v6M6 7l1 13a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1l1-13M9 7V4h6v3',
  logOut: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4m5-4 4-4-4-4m4 4H9',
};

type View = keyof typeof ICONS;

const NOT_LOGGED_OUT = 'not-logged-out';

/** What the user can do with the account. A popover of the browser, and the dialogs that it opens. */
export function AccountMenu(props: { opener: HTMLElement | undefined }) {
  const auth = useAuth();
  const chat = useChat();
  const { user } = useSession();
  const name = () => nameOf(chat.state().users[user.id] ?? user);
  const [view, setView] = createSignal<View | null>(null);

  const accessTokens = createChunk(accountWords.tokens.notLoaded, async () => {
    const [{ AccessTokens }, words] = await Promise.all([
      import('./tokens/access-tokens'),
      accountWords.parts.accessTokens(),
    ]);
    return () => <AccessTokens words={words} onClose={closeView} />;
  });

  const identities = createChunk(accountWords.identities.notLoaded, async () => {
    const [{ Identities }, words] = await Promise.all([
      import('./providers/identities'),
      accountWords.parts.identities(),
    ]);
    return () => <Identities words={words} onClose={closeView} />;
  });

  const ownAccount = createChunk(accountWords.ownAccount.notLoaded, async () => {
    const [{ Deletion }, { DataExport }, { ProfileDialog }, words, profileWords] = await Promise.all([
      import('./own-account'),
      import('./data-export'),
      import('../../profile/profile-dialog'),
      accountWords.parts.ownAccount(),
      loadProfileWords(),
    ]);
    return {
      profile: () => <ProfileDialog words={profileWords} onClose={closeView} />,
      dataExport: () => <DataExport words={words} onClose={closeView} />,
      deletion: () => <Deletion words={words} onClose={closeView} />,
    };
  });
  const ownAccountView = () => {
    const shown = view();
    return isOwnAccount(shown) ? ownAccount.content()?.[shown] : undefined;
  };

  /** A server without providers has nothing to link. */
  const shownViews = () =>
    (Object.keys(ICONS) as View[]).filter(
      (item) => item !== 'identities' || (auth.info()?.providers?.length ?? 0) > 0,
    );

  function closeView(): void {
    setView(null);
    props.opener?.focus();
  }

  /** What is unsent would be lost: then the user is asked first. */
  function choose(chosen: View): void {
    if (chosen === 'logOut' && chat.state().outbox.length === 0) void logOut();
    else if (isOwnAccount(chosen)) ownAccount.demand(() => setView(chosen));
    else if (chosen === 'identities') identities.demand(() => setView(chosen));
    else if (chosen === 'tokens') accessTokens.demand(() => setView(chosen));
    else if (chosen === 'settings')
      secondLoad().demand(() => secondLoad().content()?.openSettings(props.opener));
    else setView(chosen);
  }

  async function logOut(): Promise<void> {
    dismissNotice(NOT_LOGGED_OUT);
    try {
      await auth.logOut(endSession);
    } catch {
      const action = { label: accountWords.tryAgain, run: () => void logOut() };
      showNotice({ id: NOT_LOGGED_OUT, text: accountWords.logOut.failed, action });
      return;
    }
    navigate('/', { replace: true });
    await clearPrivate(user.id);
  }

  return (
    <>
      <Menu
        id="account-menu"
        label={accountWords.menu}
        class="account-menu-place"
        header={
          <div class="mb-1.5 flex items-center gap-3 border-b border-line px-2.5 pt-2 pb-3">
            <OwnAvatar />
            <span class="grid min-w-0">
              <span class="truncate leading-tight font-semibold" dir="auto">
                {name()}
              </span>
              <span class="truncate text-sm leading-tight text-muted">
                {accountWords.handle(user.username)}
              </span>
            </span>
          </div>
        }
        items={shownViews().map((item) => ({
          icon: ICONS[item],
          title: accountWords[item].title,
          action: item === 'settings' ? item : null,
          isDanger: item === 'deletion',
          run: () => choose(item),
        }))}
      />
      <Switch>
        <Match when={ownAccountView()} keyed>
          {(show) => show()}
        </Match>
        <Match when={view() === 'devices'}>
          <Devices onClose={closeView} />
        </Match>
        <Match when={view() === 'passkeys'}>
          <Passkeys onClose={closeView} />
        </Match>
        <Match when={view() === 'privacy'}>
          <ShareDialog onClose={closeView} />
        </Match>
        <Match when={view() === 'password'}>
          <Password onClose={closeView} />
        </Match>
        <Match when={view() === 'identities'}>{identities.content()?.()}</Match>
        <Match when={view() === 'tokens'}>{accessTokens.content()?.()}</Match>
        <Match when={view() === 'logOut'}>
          <LogOut unsent={chat.state().outbox.length} onConfirm={() => void logOut()} onClose={closeView} />
        </Match>
      </Switch>
    </>
  );
}

function isOwnAccount(view: View | null): view is 'profile' | 'dataExport' | 'deletion' {
  return view === 'profile' || view === 'dataExport' || view === 'deletion';
}
