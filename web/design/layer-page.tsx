import { onMount, type JSX } from 'solid-js';
import { SignedOut } from '../src/auth/accounts/signed-out';
import { AuthProvider, type Auth } from '../src/auth/auth.store';
import { Palette } from '../src/actions/palette/palette';
import { ShortcutSheet } from '../src/actions/sheet/shortcut-sheet';
import { ICONS } from '../src/messages/actions/actions';
import { Layer } from '../src/messages/actions/layer';
import { DateJump } from '../src/messages/log/date-jump';
import { navigate } from '../src/routing/router';
import { showEmojiPicker } from '../src/ui/emoji/emoji-picker';
import { BlockDialog } from '../src/privacy/block-dialog';
import { DetailsDialog } from '../src/privacy/details-dialog';
import { NewChatDialog } from '../src/rooms/new-chat-dialog';
import { MUTE, PIN } from '../src/rooms/room-signs';
import { SettingsDialog } from '../src/settings/settings-dialog';
import { Unreachable } from '../src/ui/unreachable';
import { Menu, MenuItems, type MenuItem } from '../src/ui/menu';
import { LAYERS, type LayerName } from './layer-names';
import { ago, ME, PEOPLE, room, stateOf } from './sample-data';
import { DesignSession } from './session';

const nothing = () => undefined;
const ROOM = room(60, { peer: PEOPLE.grace, text: 'Hello' });
const OTHERS = [room(61, { peer: PEOPLE.alan, text: 'Hi' }), room(62, { peer: PEOPLE.barbara, text: 'Yes' })];
const PEER = { room: ROOM, peer: PEOPLE.grace, onClose: nothing };
const ITEMS: MenuItem[] = [
  { icon: ICONS.reply, title: 'Reply', action: 'reply', run: nothing },
  { icon: PIN, title: 'Pin', run: nothing },
  { icon: MUTE, title: 'Mute notifications for a long time', run: nothing },
  { icon: ICONS.delete, title: 'Delete', action: 'delete', isDanger: true, run: nothing },
];

/** Of a browser without a session, where everybody may register. */
const NOBODY: Auth = {
  info: () => ({ mode: 'accounts', registration: 'open', user: null }),
  user: () => null,
  ended: () => null,
  hasFailed: () => false,
  isTrying: () => false,
  retry: nothing,
  refresh: () => Promise.resolve(),
  signedIn: nothing,
  logOut: () => Promise.resolve(),
};

/** Both are one page, by the path. */
function Form(props: { path: string }) {
  navigate(`${props.path}${window.location.search}`, { replace: true });
  return (
    <AuthProvider value={NOBODY}>
      <SignedOut />
    </AuthProvider>
  );
}

function OpenEmojiPicker() {
  onMount(() => void showEmojiPicker(document.body, ME.id));
  return null;
}

function OpenMenu() {
  onMount(() => document.getElementById('design-menu')?.showPopover());
  return <Menu id="design-menu" label="Chat" class="chat-menu-place" items={ITEMS} />;
}

const SHOW: Record<LayerName, () => JSX.Element> = {
  menu: () => <OpenMenu />,
  sheet: () => (
    <Layer at={null} opener={document.body} onClose={nothing}>
      <div data-focus="">
        <MenuItems label="Message" items={ITEMS} onChosen={nothing} />
      </div>
    </Layer>
  ),
  details: () => <DetailsDialog {...PEER} />,
  block: () => <BlockDialog {...PEER} />,
  settings: () => <SettingsDialog onClose={nothing} />,
  shortcuts: () => <ShortcutSheet onClose={nothing} />,
  'new-chat': () => <NewChatDialog onClose={nothing} opener={undefined} />,
  date: () => <DateJump room={ROOM} day={Date.parse(ago(0))} onFound={nothing} onClose={nothing} />,
  emoji: () => <OpenEmojiPicker />,
  'sign-in': () => <Form path="/" />,
  register: () => <Form path="/register" />,
  palette: () => <Palette onClose={nothing} />,
  unreachable: () => <Unreachable isTrying={false} onRetry={nothing} />,
};

/** Those that are a page of their own. */
const PAGES: ReadonlySet<LayerName> = new Set(['sign-in', 'register', 'unreachable']);

/** One menu or dialog over an empty page. */
export function LayerPage(props: { name: string }) {
  const name = () => LAYERS.find((known) => known === props.name) ?? 'menu';
  return (
    <DesignSession state={stateOf([ROOM, ...OTHERS])}>
      {PAGES.has(name()) ? (
        SHOW[name()]()
      ) : (
        <main>
          <h1 class="sr-only">{name()}</h1>
          {SHOW[name()]()}
        </main>
      )}
    </DesignSession>
  );
}
