import type { CreatePushSubscription } from '@parley/shared';
import type { BrowserContext, CDPSession, Worker } from 'playwright-core';
import { until } from './chat-window';

/** A notification that the service worker has shown. */
export interface Shown {
  title: string;
  body: string;
  tag: string;
  actions: string[];
  isClosed: boolean;
}

/** A notification that the browser shows. Without `renotify` the user does not notice that it took the place of another. */
export type Showing = Pick<Shown, 'title' | 'body' | 'tag'> & { renotify: boolean; silent: boolean };

interface Recorded {
  title: string;
  options: NotificationOptions & { tag: string; actions?: { action: string }[] };
  isClosed: boolean;
}
/** The global scope of the worker, with what is recorded there. */
interface Scope extends EventTarget {
  registration: {
    showNotification(title: string, options?: object): Promise<void>;
    getNotifications(filter?: { tag?: string }): Promise<{ tag: string; data: unknown; close(): void }[]>;
  };
  clients: { openWindow(url: string): Promise<null> };
  WindowClient: { prototype: { focus(): Promise<unknown>; url: string } };
  ExtendableEvent: new (type: string) => Event;
  recorded: { shown: Recorded[]; opened: string[]; focused: string[]; pushes: number };
}

/** The service worker of the page, with what a browser does for it put on record: it shows nothing, and opens nothing. */
export class PushedWorker {
  private constructor(
    private readonly worker: Worker,
    private readonly devtools: CDPSession,
    private readonly origin: string,
    private readonly registrationId: string,
  ) {}

  /**
   * Resolves when a page of the context has registered it.
   * @param isRecorded false: the browser itself shows what it is to show.
   */
  static async of(context: BrowserContext, origin: string, isRecorded = true): Promise<PushedWorker> {
    // A page of its own: those of the user come and go.
    const devtools = await context.newCDPSession(await context.newPage());
    let registrationId: string | undefined;
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin))?.registrationId;
    });
    await devtools.send('ServiceWorker.enable');
    await until(
      () => registrationId !== undefined && context.serviceWorkers().length > 0,
      'it is registered',
    );
    const [worker] = context.serviceWorkers();
    await worker!.evaluate(record, isRecorded);
    return new PushedWorker(worker!, devtools, origin, registrationId!);
  }

  /** As the push service of the browser does it. Resolves when the worker has had the time to answer. */
  async deliver(data: object | string): Promise<void> {
    const pushes = async () => (await this.#recorded()).pushes;
    const before = await pushes();
    await this.devtools.send('ServiceWorker.deliverPushMessage', {
      origin: this.origin,
      registrationId: this.registrationId,
      data: typeof data === 'string' ? data : JSON.stringify(data),
    });
    await until(async () => (await pushes()) > before, 'the push is delivered');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }

  /** All notifications, the newest last. One of the same tag takes the place of the one before. */
  async shown(): Promise<Shown[]> {
    const { shown } = await this.#recorded();
    return shown.map(({ title, options: { body = '', tag, actions = [] }, isClosed }) => ({
      title,
      body,
      tag,
      actions: actions.map(({ action }) => action),
      isClosed,
    }));
  }

  /** The notifications that the browser itself shows. */
  async showing(): Promise<Showing[]> {
    return this.worker.evaluate(async () => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      const all = await registration.getNotifications();
      return (all as (Notification & { renotify: boolean })[]).map(
        ({ title, body, tag, renotify, silent }) => ({ title, body, tag, renotify, silent: silent === true }),
      );
    });
  }

  /** URLs of windows that were opened and that got the focus. */
  async windows(): Promise<{ opened: string[]; focused: string[] }> {
    const { opened, focused } = await this.#recorded();
    return { opened, focused };
  }

  /** On the newest notification: on it, or on one of its buttons. Resolves when the worker is done. */
  async click(action = '', reply?: string): Promise<void> {
    await this.worker.evaluate(clickNewest, { action, reply });
  }

  /** The push service has replaced the subscription of this browser. Resolves when the worker is done. */
  async replaceSubscription({ endpoint, p256dh, auth }: CreatePushSubscription): Promise<void> {
    await this.worker.evaluate(changeSubscription, { endpoint, keys: { p256dh, auth } });
  }

  #recorded(): Promise<Scope['recorded']> {
    return this.worker.evaluate(() => (globalThis as unknown as Scope).recorded);
  }
}

/** In the worker. */
function record(isRecorded: boolean): void {
  const scope = globalThis as unknown as Scope;
  const { registration, clients, WindowClient } = scope;
  const recorded: Scope['recorded'] = { shown: [], opened: [], focused: [], pushes: 0 };
  scope.recorded = recorded;
  scope.addEventListener('push', () => recorded.pushes++);
  if (!isRecorded) return;
  registration.showNotification = async (title, options) => {
    const shown = { title, options: { tag: '', ...options }, isClosed: false };
    recorded.shown = recorded.shown.filter(({ options: { tag } }) => tag !== shown.options.tag);
    recorded.shown.push(shown);
    return Promise.resolve();
  };
  registration.getNotifications = async ({ tag } = {}) =>
    Promise.resolve(
      recorded.shown
        .filter((one) => !one.isClosed && (tag === undefined || one.options.tag === tag))
        .map((one) => ({
          tag: one.options.tag,
          data: (one.options.data ?? null) as unknown,
          close: () => (one.isClosed = true),
        })),
    );
  clients.openWindow = async (url) => {
    recorded.opened.push(url);
    return Promise.resolve(null);
  };
  WindowClient.prototype.focus = async function focus() {
    recorded.focused.push(this.url);
    return Promise.resolve(this);
  };
}

/** In the worker. */
async function changeSubscription(subscription: PushSubscriptionJSON): Promise<void> {
  const scope = globalThis as unknown as Scope;
  let done: Promise<unknown> = Promise.resolve();
  const event = Object.assign(new scope.ExtendableEvent('pushsubscriptionchange'), {
    oldSubscription: null,
    newSubscription: { toJSON: () => subscription },
    waitUntil: (work: Promise<unknown>) => (done = work),
  });
  scope.dispatchEvent(event);
  await done;
}

/** In the worker. The events of scripts have no time of their own: what it waits for is awaited here. */
async function clickNewest({ action, reply }: { action: string; reply?: string }): Promise<void> {
  const scope = globalThis as unknown as Scope;
  const notification = (await scope.registration.getNotifications()).at(-1);
  let done: Promise<unknown> = Promise.resolve();
  const event = Object.assign(new scope.ExtendableEvent('notificationclick'), {
    notification,
    action,
    reply,
    waitUntil: (work: Promise<unknown>) => (done = work),
  });
  scope.dispatchEvent(event);
  await done;
}
