import type { Locator } from 'playwright-core';
import { until, type ChatWindow } from './chat-window';

/** Longest way with the Tab key to anything in the page. */
const MOST_TABS = 60;
/** What takes the focus away may put it somewhere only after the next paint. */
const SETTLE_MS = 2_000;

/** Resolves when the keys of the page are there: they come with the second load. */
export function keysReady(window: ChatWindow): Promise<void> {
  return window.page.locator('[aria-keyshortcuts="Control+K"]').waitFor({ state: 'attached' });
}

/** Resolves when something other than `body` has the focus: else a user of the keyboard, or of a screen reader, is nowhere. */
export function hasSomeFocus(window: ChatWindow, after: string): Promise<void> {
  return until(
    () =>
      window.page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body),
    `something has the focus after ${after}`,
    SETTLE_MS,
  );
}

/** The only way into the page: after each key, something has the focus. */
export class Keyboard {
  constructor(readonly window: ChatWindow) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.window.page.keyboard.press(key);
      await hasSomeFocus(this.window, key);
    }
  }

  /** Writes where the focus is. */
  async type(text: string): Promise<void> {
    await this.window.page.keyboard.type(text);
    await hasSomeFocus(this.window, text);
  }

  /** Presses Tab, or Shift+Tab, until it is there. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await this.isOn(target)) return;
      await this.window.page.keyboard.press(key);
    }
    throw new Error(`${MOST_TABS} presses of ${key} do not lead to ${String(target)}`);
  }

  async isOn(target: Locator): Promise<boolean> {
    const found = await target.all();
    const focused = await Promise.all(
      found.map((one) => one.evaluate((node) => node === document.activeElement)),
    );
    return focused.includes(true);
  }

  /** Resolves when it has the focus. */
  comesTo(target: Locator): Promise<void> {
    return until(() => this.isOn(target), `the focus comes to ${String(target)}`);
  }
}
