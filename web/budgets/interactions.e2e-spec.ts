import type { Room, User } from '@parley/shared';
import { roomPath, shown, type ChatWindow } from '../e2e/support/chat-window';
import { fillRoom } from '../e2e/support/fill-room';
import { setUpStage } from '../e2e/support/stage';
import { isKept, median } from './support/goals';
import { Interactions, REFERENCE_MS } from './support/interactions';
import { makeChats } from './support/many-chats';
import { HELD } from './support/reference';

// With all attempts.
jest.setTimeout(300_000);

/** Goal for the time to the next paint, in milliseconds. */
const INP_MS = 100;
/** Each is done so often, and the median counts. */
const TIMES = 3;
/** Until the page has nothing left to do, in milliseconds. */
const SETTLED_MS = 300;

const CHATS = 200;
/** Of them have a page of messages. */
const FILLED = 12;

/** What is done, and what is done before it is done again. */
type Action = [name: string, act: (time: number) => Promise<void>, undo?: () => Promise<void>];

describe('with 200 chats and a CPU four times as slow, the next paint is there within 100 ms', () => {
  let alice: User;
  let rooms: Room[];
  let hers: ChatWindow;
  let interactions: Interactions;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeAll(async () => {
    alice = await server.person('alice');
    rooms = (await makeChats(server, alice, CHATS)).map(({ room }) => room);
    for (const room of rooms.slice(-FILLED)) await fillRoom(room, alice, 100, 'minute');
  });

  beforeEach(async () => {
    const context = await stage.context();
    await Interactions.watch(context);
    hers = await stage.windowIn(context, roomPath(rooms.at(-1)!, alice));
    await shown(hers.message('Message 101'));
    await hers.secondLoad();
    await hers.page.waitForTimeout(2_000);
    interactions = await Interactions.of(hers.page);
  });

  const press = (key: string) => hers.page.keyboard.press(key, HELD);
  const escape = () => press('Escape');
  const row = (n: number) => hers.rooms.locator(`[data-room="${rooms.at(-1 - n)!.id}"] a`);
  const tab = (name: string) => hers.rooms.getByRole('tab', { name: new RegExp(`^${name}`) }).click(HELD);
  const button = (name: string) => hers.page.getByRole('button', { name }).first().click(HELD);
  const dialog = (name: string) => shown(hers.page.getByRole('dialog', { name }));
  const choose = (group: string, value: string) =>
    hers.page.getByRole('group', { name: group }).getByText(value, { exact: true }).click(HELD);
  const focusList = () => row(0).focus();

  async function openSettings(): Promise<void> {
    await hers.openAccountMenu();
    await hers.page.getByRole('menuitem', { name: 'Settings' }).click(HELD);
  }

  async function openPalette(): Promise<void> {
    await press('Control+k');
    await dialog('Search or jump');
  }

  async function areKept(actions: readonly Action[]): Promise<void> {
    for (const [name, act, undo] of actions) {
      await undo?.();
      await isKept(name, INP_MS, REFERENCE_MS, async () => {
        const referenceMs = await interactions.referenceMs(TIMES);
        const all: number[] = [];
        for (let time = 0; time < TIMES; time++) {
          all.push(await interactions.longest(() => act(time)));
          await undo?.();
          await hers.page.waitForTimeout(SETTLED_MS);
        }
        return { ms: median(all), referenceMs };
      });
    }
  }

  it('after a key and a sent message', async () => {
    await hers.field.focus();
    await areKept([
      ['a key in the composer', () => press('a')],
      ['Enter', () => press('Enter'), () => hers.field.fill('To be sent')],
    ]);
  });

  it('after going from chat to chat', () =>
    areKept([
      ['a click on a chat', (time) => row(time + 1).click(HELD)],
      ['a click on a chat that was open before', (time) => row(time + 1).click(HELD)],
      ['Alt+↓', () => press('Alt+ArrowDown')],
      ['another view', () => tab('Unread'), () => tab('All')],
      ['back to all', () => tab('All'), () => tab('Waiting')],
    ]));

  it('in the palette', () =>
    areKept([
      ['its key', () => press('Control+k'), escape],
      ['Escape', escape, openPalette],
      [
        'a letter',
        () => press('p'),
        async () => {
          await escape();
          await openPalette();
        },
      ],
      [
        'Enter on a chat',
        () => press('Enter'),
        async () => {
          await openPalette();
          await hers.page.keyboard.type('peer');
        },
      ],
    ]));

  it('in dialogs and menus', async () => {
    await areKept([
      [
        'the menu of a message',
        () =>
          hers.page
            .locator('[data-bubble]')
            .last()
            .click({ ...HELD, button: 'right' }),
        escape,
      ],
      ['new chat', () => button('New chat'), escape],
      ['settings', openSettings, escape],
      [
        'Escape from them',
        escape,
        async () => {
          await openSettings();
          await dialog('Settings');
        },
      ],
      [
        'another theme',
        () => choose('Theme', 'Dark'),
        async () => {
          if (!(await hers.page.getByRole('dialog').count())) await openSettings();
          await choose('Theme', 'As the device');
        },
      ],
      ['another density', () => choose('Density', 'Compact'), () => choose('Density', 'Comfortable')],
    ]);
    await escape();
    await areKept([
      ['emoji', () => button('Emoji'), escape],
      [
        'the sheet of shortcuts',
        () => press('?'),
        async () => {
          await escape();
          await focusList();
        },
      ],
    ]);
  });
});
