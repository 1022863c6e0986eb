import type { SessionInfo, User } from '@parley/shared';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { shown, type ChatWindow, type Look } from './chat-window';
import type { Stage } from './stage';

/** Settings of a server with accounts, where everyone may register. */
export const ACCOUNTS = { AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' };

export const PASSWORD = 'tall mountain tea';

/** A username that no other story has. */
export function newUsername(name: string): string {
  return `${name}-${randomBytes(4).toString('hex')}`;
}

const ADMIN = join(__dirname, '../../../server/dist/admin.js');

/** As the operator does it. @returns the code of an invite for so many people. */
export function createInvite(uses = 1): string {
  const env = { ...process.env, DATABASE_URL: process.env.TEST_DATABASE_URL, AUTH_MODE: 'accounts' };
  const output = execFileSync(process.execPath, [ADMIN, 'invite:create', '--uses', String(uses), '--json'], {
    env,
    encoding: 'utf8',
  });
  return (JSON.parse(output) as { code: string }).code;
}

/** Somebody with an account, and what they do beside the page. */
export class Account {
  private constructor(
    readonly stage: Stage,
    readonly user: User,
  ) {}

  static async create(stage: Stage, name: string, displayName?: string): Promise<Account> {
    const response = await fetch(`${stage.server.origin}/api/auth/register/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: newUsername(name), password: PASSWORD, display_name: displayName }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new Account(stage, (await response.json()) as User);
  }

  /** A browser that is signed in: one more device. */
  async browser(look: Look = {}): Promise<BrowserContext> {
    const context = await this.stage.context(look);
    const data = { username: this.user.username, password: PASSWORD };
    await this.#call(context, 'post', '/api/auth/login/', data);
    return context;
  }

  async window(path = '/', look: Look = {}): Promise<ChatWindow> {
    return this.stage.windowIn(await this.browser(look), path);
  }

  /** From another device of this user. */
  async endOtherSessions(from: BrowserContext): Promise<void> {
    await this.#call(from, 'delete', '/api/auth/sessions/');
  }

  async sessions(from: BrowserContext): Promise<SessionInfo[]> {
    return (await this.#call(from, 'get', '/api/auth/sessions/')) as SessionInfo[];
  }

  /** A chat with somebody else, who has accepted it, with a first message of this user. @returns the path of its page. */
  async chatWith(other: Account, text?: string): Promise<string> {
    const path = await this.writeTo(other, text);
    await other.#call(await other.browser(), 'post', `/api${path}/accept/`);
    return path;
  }

  /** A first message to somebody who does not know this user: a request. @returns the path of its page. */
  async writeTo(other: Account, text = 'Hello'): Promise<string> {
    const context = await this.browser();
    const room = (await this.#call(context, 'post', '/api/rooms/create/', { user_id: other.user.id })) as {
      id: number;
    };
    await this.#call(context, 'post', `/api/rooms/${room.id}/messages/`, { text });
    return `/rooms/${room.id}`;
  }

  /** By a program. @param path of the page of the chat. */
  async setTimer(path: string, seconds: number): Promise<void> {
    await this.#call(await this.browser(), 'put', `/api${path}/timer/`, { seconds });
  }

  async #call(
    context: BrowserContext,
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    data?: object,
  ): Promise<unknown> {
    const { origin } = this.stage.server;
    const response = await context.request[method](`${origin}${path}`, { data, headers: { origin } });
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
    return response.status() === 204 ? null : response.json();
  }
}

/** Fills in the form of the page and sends it. */
export async function signIn(window: ChatWindow, username: string, password = PASSWORD): Promise<void> {
  await window.page.getByLabel('Username').fill(username);
  await window.page.getByLabel('Password', { exact: true }).fill(password);
  await window.page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Creates an account in the page. */
export async function register(window: ChatWindow, username: string): Promise<void> {
  await window.page.getByLabel('Username').fill(username);
  await window.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await window.page.getByRole('button', { name: 'Create account' }).click();
}

/** Opens the menu of the account and chooses there. */
export async function choose(window: ChatWindow, account: Account, item: string): Promise<void> {
  await shown(window.page.getByRole('button', { name: account.user.username, exact: true }));
  await window.openAccountMenu();
  // Another menu may still be closing.
  await window.page.locator('#account-menu').getByRole('menuitem', { name: item }).click();
}

export function signInPage(window: ChatWindow, timeout?: number): Promise<void> {
  return shown(window.page.getByRole('heading', { name: 'Sign in' }), timeout);
}

/** Whether the element that has the focus matches. */
export function hasFocus(window: ChatWindow, selector: string): Promise<boolean> {
  return window.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
}
