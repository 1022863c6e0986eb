import type { Room, User } from '@parley/shared';
import type { Browser, BrowserContext } from 'playwright-core';
import { Server, type Settings } from './server';
import { launch, roomPath, WIDE, ChatWindow, type Look } from './chat-window';

/** What is rarely another than usual. */
interface StageOptions {
  /** Of the host in the URLs of the page. */
  name?: string;
  /** The browser has a microphone only with them. */
  browserArgs?: string[];
}

/** A server, a browser, and what a test opens in it: `clear` and `close` end all of it. */
export class Stage {
  readonly server: Server;
  #browser: Browser | null = null;
  readonly #contexts = new Set<BrowserContext>();
  readonly #browserArgs: string[] | undefined;

  constructor(settings?: Settings, { name, browserArgs }: StageOptions = {}) {
    this.server = new Server(settings, name);
    this.#browserArgs = browserArgs;
  }

  async open(): Promise<void> {
    await this.server.up();
    this.#browser = await launch(this.#browserArgs);
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error('The stage is not open yet.');
    return this.#browser;
  }

  /** Two people who have a room. */
  async pair(): Promise<{ alice: User; bob: User; room: Room }> {
    const [alice, bob] = await Promise.all([this.server.person('alice'), this.server.person('bob')]);
    return { alice, bob, room: await this.server.room(alice, bob) };
  }

  /** A window in a browser that knows nothing yet. */
  async window(path: string, look: Look = {}): Promise<ChatWindow> {
    return this.windowIn(await this.context(look), path);
  }

  /** One more window of a browser: it shares what is stored. */
  windowIn(context: BrowserContext, path: string): Promise<ChatWindow> {
    return ChatWindow.open(context, this.server, path);
  }

  roomWindow(room: Room, as: User, look: Look = {}): Promise<ChatWindow> {
    return this.window(roomPath(room, as), look);
  }

  async context({
    viewport,
    colorScheme,
    isTouch = false,
    isInstalled = false,
  }: Look = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      viewport: viewport ?? WIDE,
      colorScheme: colorScheme ?? 'light',
      hasTouch: isTouch,
      isMobile: isTouch,
    });
    // A microphone of this machine would change the composer.
    if (!this.#browserArgs)
      await context.addInitScript(() =>
        Object.defineProperty(navigator, 'mediaDevices', { value: undefined }),
      );
    // It would answer in the place of what a test puts between the page and the server.
    if (!isInstalled)
      await context.addInitScript(() =>
        Object.defineProperty(navigator, 'serviceWorker', { value: undefined, configurable: true }),
      );
    this.#contexts.add(context);
    return context;
  }

  /** Closes all windows. */
  async clear(): Promise<void> {
    await Promise.all([...this.#contexts].map((context) => context.close()));
    this.#contexts.clear();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.server.kill();
  }
}

/**
 * Opens a stage before the tests of the enclosing suite, closes its windows after each of them and the stage after the last.
 * @returns the stage, which is open once the tests begin.
 */
export function setUpStage(settings?: Settings, options?: StageOptions): Stage {
  const stage = new Stage(settings, options);
  beforeAll(() => stage.open());
  afterEach(() => stage.clear());
  afterAll(() => stage.close());
  return stage;
}
