import type { User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { shown, type ChatWindow } from './chat-window';
import { Keyboard } from './keyboard';

/** A person with a window and a keyboard, and nothing else. */
export class Typist {
  readonly keys: Keyboard;

  constructor(readonly window: ChatWindow) {
    this.keys = new Keyboard(window);
  }

  get page() {
    return this.window.page;
  }

  /** By Ctrl+K. */
  async open(peer: Pick<User, 'username'>): Promise<void> {
    await this.keys.press('Control+k');
    await this.keys.comesTo(this.page.getByRole('combobox', { name: 'Search or jump' }));
    await this.keys.type(peer.username);
    await shown(this.page.getByRole('option', { name: new RegExp(peer.username) }).first());
    await this.keys.press('Enter');
    await shown(this.window.log(peer));
    await this.keys.comesTo(this.window.field);
  }

  async write(text: string): Promise<void> {
    await this.keys.comesTo(this.window.field);
    await this.keys.type(text);
    await this.keys.press('Enter');
  }

  /** From the field, to a message that is loaded. */
  async goToMessage(message: Locator): Promise<void> {
    await this.keys.goTo(this.page.locator('[data-bubble]'), 'Shift+Tab');
    await this.keys.press('End');
    await this.keys.goTo(message, 'ArrowUp');
  }
}
