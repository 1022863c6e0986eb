// oxlint-disable unicorn/consistent-function-scoping -- `breakStore` runs in the page and takes nothing with it.
import type { Room, User } from '@parley/shared';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { violations } from './support/axe';
import { setUpStage } from './support/stage';
import { chromiumPath, roomPath, shown, ChatWindow } from './support/chat-window';

type Failure = 'throws' | 'rejects' | 'hangs' | 'stalls' | 'is missing' | 'is full';

/** Makes one of the browser's stores fail, in the page, before any of its scripts run. */
function breakStore([store, failure]: [string, Failure]): void {
  const never = () => new Promise(() => undefined);
  const denied = () => new DOMException('The request was denied.', 'SecurityError');
  const full = () => new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  const replace = (owner: object, name: string, property: PropertyDescriptor) =>
    Object.defineProperty(owner, name, { configurable: true, ...property });
  const fail = () => {
    throw denied();
  };
  const ways: Record<string, Record<string, () => void>> = {
    locks: {
      throws: () => replace(navigator, 'locks', { value: { request: fail, query: fail } }),
      rejects: () => {
        const request = () => Promise.reject(denied());
        replace(navigator, 'locks', { value: { request, query: request } });
      },
      hangs: () => replace(navigator, 'locks', { value: { request: never, query: never } }),
      'is missing': () => replace(navigator, 'locks', { value: undefined }),
    },
    localStorage: {
      throws: () => replace(window, 'localStorage', { get: fail }),
      'is missing': () => replace(window, 'localStorage', { value: undefined }),
      'is full': () => {
        Storage.prototype.setItem = () => {
          throw full();
        };
      },
    },
    indexedDB: {
      throws: () => replace(window, 'indexedDB', { value: { open: fail } }),
      rejects: () => {
        const open = () => {
          const request = new EventTarget();
          Object.assign(request, { error: denied() });
          setTimeout(() => request.dispatchEvent(new Event('error')));
          return request;
        };
        replace(window, 'indexedDB', { value: { open } });
      },
      hangs: () => replace(window, 'indexedDB', { value: { open: () => new EventTarget() } }),
      // Opens, and then ends no transaction.
      stalls: () => {
        const transaction = Object.assign(new EventTarget(), {
          objectStore: () => new Proxy({}, { get: () => () => new EventTarget() }),
        });
        IDBDatabase.prototype.transaction = () => transaction as never;
      },
      'is missing': () => replace(window, 'indexedDB', { value: undefined }),
      'is full': () => {
        IDBObjectStore.prototype.put = () => {
          throw full();
        };
      },
    },
    BroadcastChannel: {
      throws: () => replace(window, 'BroadcastChannel', { value: fail }),
      'is missing': () => replace(window, 'BroadcastChannel', { value: undefined }),
    },
    Worker: {
      throws: () => replace(window, 'Worker', { value: fail }),
      'is missing': () => replace(window, 'Worker', { value: undefined }),
    },
    serviceWorker: {
      rejects: () =>
        replace(navigator, 'serviceWorker', { value: { register: () => Promise.reject(denied()) } }),
      hangs: () => replace(navigator, 'serviceWorker', { value: { register: never, ready: never() } }),
      'is missing': () => replace(navigator, 'serviceWorker', { value: undefined }),
    },
  };
  ways[store]?.[failure]?.();
}

const MESSAGES = 'Your unsent messages will not survive a reload.';
const DRAFTS = 'Your drafts will not survive a reload.';
const BOTH = 'Your unsent messages and drafts will not survive a reload.';

/** What fails, how, and what the page says of it. */
const CASES: [string, Failure, string | null][] = [
  ['locks', 'throws', null],
  ['locks', 'rejects', null],
  ['locks', 'hangs', null],
  ['locks', 'is missing', null],
  ['localStorage', 'throws', DRAFTS],
  ['localStorage', 'is missing', DRAFTS],
  ['localStorage', 'is full', DRAFTS],
  ['indexedDB', 'throws', MESSAGES],
  ['indexedDB', 'rejects', MESSAGES],
  ['indexedDB', 'hangs', MESSAGES],
  ['indexedDB', 'stalls', MESSAGES],
  ['indexedDB', 'is missing', MESSAGES],
  ['indexedDB', 'is full', MESSAGES],
  ['BroadcastChannel', 'throws', null],
  ['BroadcastChannel', 'is missing', null],
  ['Worker', 'throws', null],
  ['Worker', 'is missing', null],
  ['serviceWorker', 'rejects', null],
  ['serviceWorker', 'hangs', null],
  ['serviceWorker', 'is missing', null],
];
const STORES = [...new Set(CASES.map(([store]) => store))];

describe('a browser that does not keep site data', () => {
  let alice: User;
  let bob: User;
  let room: Room;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  async function openBroken(broken: [string, Failure][]): Promise<ChatWindow> {
    const context = await stage.context();
    for (const each of broken) await context.addInitScript(breakStore, each);
    const hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.log(bob).or(hers.page.getByText('Say hello to')).first());
    return hers;
  }

  /** Two messages arrive, in order and soon, and the page says `notice` and nothing else. */
  async function sends(hers: ChatWindow, notice: string | null): Promise<void> {
    await hers.send('First');
    await shown(hers.message('First').getByText(/Sent|Delivered|Read/), 5_000);
    await hers.send('Second');
    await shown(hers.message('Second').getByText(/Sent|Delivered|Read/), 1_500);
    expect(await server.texts(room, alice)).toEqual(['First', 'Second']);
    await hers.field.fill('A draft');
    const notices = hers.page.getByText(/will not survive a reload|went wrong/);
    if (notice === null) {
      expect(await notices.allTextContents()).toEqual([]);
    } else {
      await shown(hers.page.getByText(notice));
      expect(await notices.count()).toBe(1);
    }
    expect(hers.complaints).toEqual([]);
  }

  it.each(CASES)('sends messages when %s %s, and says what is not kept', async (store, failure, notice) => {
    await sends(await openBroken([[store, failure]]), notice);
  });

  it.each<Failure>(['throws', 'rejects', 'hangs', 'is missing'])(
    'sends messages when everything at once %s, and says it in one notice',
    async (failure) => {
      // A store that cannot fail in this way fails in its hardest.
      const broken = STORES.map((store): [string, Failure] => {
        const can = CASES.some(([name, way]) => name === store && way === failure);
        return [store, can ? failure : (CASES.find(([name]) => name === store)?.[1] ?? 'throws')];
      });
      await sends(await openBroken(broken), BOTH);
    },
  );

  it('says it until it is dismissed, and not again', async () => {
    const hers = await openBroken([['localStorage', 'throws']]);
    await shown(hers.page.getByText(DRAFTS));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('button', { name: 'Dismiss' }).click();
    await hers.field.fill('Another draft');
    await hers.page.waitForTimeout(300);
    expect(await hers.page.getByText(DRAFTS).count()).toBe(0);
  });

  it('sends messages in a Chromium whose settings block all site data', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'parley-no-site-data-'));
    await mkdir(join(profile, 'Default'));
    const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
    await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(blocked));
    const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath });
    try {
      const hers = await ChatWindow.open(context, server, roomPath(room, alice));
      const isBlocked = hers.page.evaluate(() =>
        navigator.locks
          .request('x', () => undefined)
          .then(
            () => false,
            () => true,
          ),
      );
      expect(await isBlocked).toBe(true);
      await sends(hers, BOTH);
    } finally {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    }
  });
});
