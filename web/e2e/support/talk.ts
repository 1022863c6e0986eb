import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { roomPath, shown, until, type ChatWindow, type Look } from './chat-window';
import { Line } from './line';
import type { Stage } from './stage';

/** Two people at their chat, each in a window with all that can be done there. */
export interface Talk {
  hers: ChatWindow;
  his: ChatWindow;
  /** Between her window and the server. */
  line: Line;
}

export async function openTalk(
  stage: Stage,
  { alice, bob, room }: { alice: User; bob: User; room: Room },
  look: Look = {},
): Promise<Talk> {
  const context = await stage.context(look);
  const line = await Line.of(context);
  const hers = await stage.windowIn(context, roomPath(room, alice));
  const his = await stage.roomWindow(room, bob);
  await Promise.all([shown(hers.field), shown(his.field)]);
  await Promise.all([hers.secondLoad(), his.secondLoad()]);
  // What can be done to a message is loaded once the log handles swipes.
  const log = hers.page.getByRole('log');
  await until(async () => {
    await log.dispatchEvent('pointerenter');
    return log.evaluate((element) => getComputedStyle(element).touchAction !== 'auto');
  }, 'the actions are loaded');
  return { hers, his, line };
}

export function hasFocus(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}

/** An item of the menu of a message. */
export function messageItem({ page }: ChatWindow, name: string): Locator {
  return page.getByRole('menu', { name: 'Message actions' }).getByRole('menuitem', { name, exact: true });
}

/** The bar of actions beside a message. */
export function barOf(window: ChatWindow, text: string): Locator {
  return window.message(text).getByRole('toolbar');
}
