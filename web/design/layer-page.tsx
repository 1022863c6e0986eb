import { onMount, type JSX } from 'solid-js';
import { Palette } from '../src/actions/palette/palette';
import { ShortcutSheet } from '../src/actions/sheet/shortcut-sheet';
import { ICONS } from '../src/messages/actions/actions';
import { Layer } from '../src/messages/actions/layer';
import { BlockDialog } from '../src/privacy/block-dialog';
import { DetailsDialog } from '../src/privacy/details-dialog';
import { NewChatDialog } from '../src/rooms/new-chat-dialog';
import { MUTE, PIN } from '../src/rooms/room-signs';
import { SettingsDialog } from '../src/settings/settings-dialog';
import { Unreachable } from '../src/ui/unreachable';
import { Menu, MenuItems, type MenuItem } from '../src/ui/menu';
import { LAYERS, type LayerName } from './layer-names';
import { PEOPLE, room, stateOf } from './sample-data';
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
  palette: () => <Palette onClose={nothing} />,
  unreachable: () => <Unreachable isTrying={false} onRetry={nothing} />,
};

/** One menu or dialog over an empty page. */
export function LayerPage(props: { name: string }) {
  const name = () => LAYERS.find((known) => known === props.name) ?? 'menu';
  return (
    <DesignSession state={stateOf([ROOM, ...OTHERS])}>
      {name() === 'unreachable' ? (
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
