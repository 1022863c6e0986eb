import type { Locator } from 'playwright-core';
import { until, type ChatWindow } from './chat-window';
import { unseenFocus } from './seen-focus';

/** Longest way with one key to anything in the page. */
const MOST_STEPS = 60;
/** What takes the focus away may put it somewhere only after the next paint; its ring may fade in. */
const SETTLE_MS = 3_000;

/** Resolves when the keys of the page are there: they come with the second load. */
export function keysReady(window: ChatWindow): Promise<void> {
  return window.page.locator('[aria-keyshortcuts="Control+K"]').waitFor({ state: 'attached' });
}

/** The only way into a page: after each step something has the focus, is in sight, and has a ring. */
export class Keyboard {
  constructor(readonly window: ChatWindow) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.window.page.keyboard.press(key);
      await this.isSeen(key);
    }
  }

  /** Writes where the focus is. */
  async type(text: string): Promise<void> {
    await this.window.page.keyboard.type(text);
    await this.isSeen(text);
  }

  /** Presses a key until the focus is there. */
  async goTo(target: Locator, key: string): Promise<void> {
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if (await this.isOn(target)) return;
      await this.press(key);
    }
    throw new Error(`${MOST_STEPS} presses of ${key} do not lead to ${String(target)}`);
  }

  /** Chooses in the menu that is open. */
  async choose(item: string): Promise<void> {
    const target = this.window.page.getByRole('menuitem', { name: item, exact: true });
    await target.waitFor();
    const items = this.window.page.getByRole('menuitem');
    const actingAs = this.window.page.getByRole('combobox', { name: 'Acting as' });
    await until(() => this.isOn(items.or(actingAs)), 'the menu has the focus');
    // That of the account begins with it in simulation.
    if (await this.isOn(actingAs)) await this.press('Tab');
    await this.goTo(target, 'ArrowDown');
    await this.press('Enter');
  }

  /** In one step: in a second one, what was found may be gone. */
  isOn(target: Locator): Promise<boolean> {
    return target.evaluateAll((found) => found.some((node) => node === document.activeElement));
  }

  /** Resolves when it has the focus, and the user can see that. */
  async comesTo(target: Locator): Promise<void> {
    try {
      await until(() => this.isOn(target), `the focus comes to ${String(target)}`);
    } catch (error) {
      const has = await this.window.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
      throw new Error(`${String(error)}: it is on ${has}`, { cause: error });
    }
    await this.isSeen(`the focus came to ${String(target)}`);
  }

  /** Resolves when the focus has stayed where it is: what is loaded late may take it. */
  async rests(): Promise<void> {
    await until(
      () =>
        this.window.page.evaluate(async () => {
          const before = document.activeElement;
          await new Promise((resolve) => setTimeout(resolve, 200));
          return before === document.activeElement;
        }),
      'the focus rests',
    );
  }

  async isSeen(after: string): Promise<void> {
    const deadline = Date.now() + SETTLE_MS;
    for (;;) {
      const problem = await unseenFocus(this.window.page);
      if (problem === null) return;
      if (Date.now() > deadline) throw new Error(`After «${after}»: ${problem}.`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
