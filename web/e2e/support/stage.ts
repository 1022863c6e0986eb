import type { Room, User } from '@parley/shared';
import type { Browser, BrowserContext } from 'playwright-core';
import { Server } from './server';
import { launch, roomPath, WIDE, ChatWindow, type Look } from './chat-window';

/** A server, a browser, and what a test opens in it: `clear` and `close` end all of it. */
export class Stage {
  readonly #contexts = new Set<BrowserContext>();

  private constructor(
    readonly server: Server,
    readonly browser: Browser,
    private readonly hasDevices: boolean,
  ) {}

  /**
   * @param settings environment variables of the server that differ from the defaults.
   * @param name of the host in the URLs of the page.
   * @param browserArgs for the browser, which has a microphone only with them.
   */
  static async open(
    settings?: Record<string, string>,
    name?: string,
    browserArgs?: string[],
  ): Promise<Stage> {
    const server = await Server.start(settings, name);
    return new Stage(server, await launch(browserArgs), browserArgs !== undefined);
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
    if (!this.hasDevices)
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
    await this.browser.close();
    await this.server.kill();
  }
}

/**
 * Opens a stage before the tests of the enclosing suite, closes its windows after each of them and the stage after the
 * last. `onOpen` gets it once, before all tests.
 * @param settings environment variables of the server that differ from the defaults.
 * @param name of the host in the URLs of the page.
 * @param browserArgs for the browser, which has a microphone only with them.
 */
export function setUpStage(
  onOpen: (stage: Stage) => void | Promise<void>,
  settings?: Record<string, string>,
  name?: string,
  browserArgs?: string[],
): void {
  let stage: Stage | undefined;

  beforeAll(async () => {
    stage = await Stage.open(settings, name, browserArgs);
    await onOpen(stage);
  });
  afterEach(() => stage?.clear());
  afterAll(() => stage?.close());
}
