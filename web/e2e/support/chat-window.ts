import type { Room, User } from '@parley/shared';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import type { Server } from './server';

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/**
 * How long a test waits, in milliseconds, for what is not about time: other processes share the machine. What is about time says
 * its own limit.
 */
const WAIT_MS = 20_000;

export interface Look {
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  /** A phone: its main pointer is a finger. */
  isTouch?: boolean;
  /** The browser has service workers. */
  isInstalled?: boolean;
}

/** Chromium as people have it, with settings and profiles. */
export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const SHELL = '/usr/bin/chromium-headless-shell';
const headlessShellPath = process.env.HEADLESS_SHELL_PATH ?? (existsSync(SHELL) ? SHELL : chromiumPath);

export function launch(args: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: headlessShellPath, args });
}

/** One window of one person: found by role and name, as people with a screen reader find it. */
export class ChatWindow {
  /** Everything that the page complained about. */
  readonly complaints: string[] = [];
  /** Sockets opened, and those still open. */
  readonly sockets = { opened: 0, open: 0 };

  private constructor(
    readonly page: Page,
    private readonly server: Server,
  ) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('websocket', (socket) => {
      this.sockets.opened++;
      this.sockets.open++;
      socket.on('close', () => this.sockets.open--);
    });
  }

  static async open(context: BrowserContext, server: Server, path: string): Promise<ChatWindow> {
    const window = new ChatWindow(await context.newPage(), server);
    window.page.setDefaultTimeout(WAIT_MS);
    await window.goto(path);
    return window;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.server.origin}${path}`);
  }

  /** Resolves when the code is there that the first paint does not need: the place of the connection banner comes with it. */
  secondLoad(): Promise<void> {
    return this.page.locator('.notice-place > [role="status"]').nth(1).waitFor({ state: 'attached' });
  }

  get rooms(): Locator {
    return this.page.getByRole('navigation', { name: 'Chats' });
  }

  /** Opens the menu at the end of the list, if it is not open. */
  async openAccountMenu(): Promise<void> {
    const menu = this.page.locator('#account-menu');
    if (await menu.evaluateAll(([found]) => found?.matches(':popover-open'))) return;
    await this.page.locator('[popovertarget="account-menu"]').click();
    await menu.waitFor();
  }

  /** Where the user of simulation is chosen: in the menu of the account, or in the page when the window is nobody. */
  async openActingAs(): Promise<Locator> {
    const actingAs = this.page.getByRole('combobox', { name: 'Acting as' });
    await actingAs.or(this.page.locator('[popovertarget="account-menu"]')).first().waitFor();
    if (!(await actingAs.isVisible())) await this.openAccountMenu();
    return actingAs;
  }

  /** Whether this window is that user of simulation. */
  async isActingAs(username: string): Promise<boolean> {
    const opener = this.page.getByRole('button', { name: new RegExp(`^${username} Simulation`) });
    return (await opener.count()) === 1;
  }

  get field(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  entry(peer: Pick<User, 'username'>): Locator {
    return this.rooms.getByRole('link', { name: new RegExp(`^${peer.username}`) });
  }

  log(peer: Pick<User, 'username'>): Locator {
    return this.page.getByRole('log', { name: `Messages with ${peer.username}` });
  }

  /** The message with this text. */
  message(text: string): Locator {
    return this.page
      .getByRole('log')
      .getByRole('listitem')
      .filter({ has: this.page.getByText(text, { exact: true }) });
  }

  async send(text: string): Promise<void> {
    await this.field.fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  /** Texts of the messages in the log, as they stand. */
  async texts(): Promise<string[]> {
    return this.page.getByRole('log').locator('[data-bubble] .user-text').allTextContents();
  }
}

export function roomPath(room: Room, as: User): string {
  return `/rooms/${room.id}?as=${as.username}`;
}

/** Waits until `check` is true. */
export async function until(
  check: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = WAIT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until a locator shows exactly once. */
export function shown(locator: Locator, timeout = WAIT_MS): Promise<void> {
  return locator.waitFor({ state: 'visible', timeout });
}
