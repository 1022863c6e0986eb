import { DEFAULT_SETTINGS, type Pushed, type PushSubscriptions, type Room, type User } from '@parley/shared';
import { createECDH } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, CDPSession } from 'playwright-core';
import { until, type ChatWindow } from './support/chat-window';
import { setUpStage, type Stage } from './support/stage';

/** What the library of the page does not have. */
interface ServiceWorkerGlobal {
  registration: ServiceWorkerRegistration;
}

let stage: Stage;
let alice: User;
let bob: User;
let room: Room;
let context: BrowserContext;
let hers: ChatWindow;

/** A push service: it counts what it gets. The server's tests decrypt it. */
let pushService: HttpServer;
let pushes = 0;
beforeAll(async () => {
  pushService = createServer((request, response) => {
    pushes++;
    request.resume();
    response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => pushService.listen(0, '127.0.0.1', resolve));
});
afterAll(() => pushService.close());

setUpStage(
  (opened) => {
    stage = opened;
  },
  { PUSH_LOOPBACK: 'on' },
);

beforeEach(async () => {
  ({ alice, bob, room } = await stage.pair());
  context = await stage.context({ isInstalled: true });
  await context.grantPermissions(['notifications'], { origin: stage.server.origin });
});

async function setNotifications(notifications: boolean): Promise<void> {
  await fetch(`${stage.server.origin}/api/me/settings/?active_user=${alice.id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...DEFAULT_SETTINGS, notifications }),
  });
}

async function subscriptions(): Promise<PushSubscriptions['subscriptions']> {
  const url = `${stage.server.origin}/api/me/push-subscriptions/?active_user=${alice.id}`;
  return ((await (await fetch(url)).json()) as PushSubscriptions).subscriptions;
}

async function open(path = `/?as=${alice.username}`): Promise<void> {
  hers = await stage.windowIn(context, path);
  await until(
    () => hers.page.evaluate(() => navigator.serviceWorker.controller !== null),
    'the service worker is there',
    20_000,
  );
}

it('a browser subscribes while notifications are on, and gets messages without a window', async () => {
  const ecdh = createECDH('prime256v1');
  const port = (pushService.address() as AddressInfo).port;
  // The push services of browsers are not there in tests: what one of them would answer.
  await context.addInitScript(
    (json) => {
      const subscription = {
        options: {},
        toJSON: () => json,
        unsubscribe: () => Promise.resolve(true),
      } as unknown as PushSubscription;
      PushManager.prototype.getSubscription = () => Promise.resolve(null);
      PushManager.prototype.subscribe = () => Promise.resolve(subscription);
    },
    {
      endpoint: `http://127.0.0.1:${port}/push/alice`,
      keys: { p256dh: ecdh.generateKeys('base64url'), auth: 'BTBZMqHH6r4Tts7J_aSIgg' },
    },
  );
  await setNotifications(true);
  await open();
  await until(async () => (await subscriptions()).length === 1, 'the browser has subscribed');
  expect(await subscriptions()).toMatchObject([{ host: `127.0.0.1:${port}` }]);
  await hers.page.close();
  const before = pushes;
  await stage.server.send(room, bob, 'Nobody is there');
  await until(() => pushes === before + 1, 'the message is pushed');
  await open();
  await setNotifications(false);
  await until(async () => (await subscriptions()).length === 0, 'the browser gets nothing any more');
});

const messageOf = (seq: number, text: string | null): Pushed => ({
  type: 'message',
  user_id: alice.id,
  as: alice.username,
  room_id: room.id,
  message_id: seq,
  seq,
  sender: bob.username,
  text,
  has_files: false,
  unread_count: seq,
});
const shownNow = async () => {
  const [worker] = context.serviceWorkers();
  return worker?.evaluate(async () => {
    const { registration } = self as unknown as ServiceWorkerGlobal;
    return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }));
  });
};

const isShown = (expected: object[], what: string) =>
  until(async () => JSON.stringify(await shownNow()) === JSON.stringify(expected), what);

describe('the service worker', () => {
  let devtools: CDPSession;
  let registrationId: string | undefined;

  beforeEach(async () => {
    registrationId = undefined;
    await open();
    devtools = await context.newCDPSession(hers.page);
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations.find(({ isDeleted }) => !isDeleted)?.registrationId ?? registrationId;
    });
    await devtools.send('ServiceWorker.enable');
    await until(() => registrationId !== undefined, 'the registration is known');
  });

  const push = (pushed: Pushed) =>
    devtools.send('ServiceWorker.deliverPushMessage', {
      origin: stage.server.origin,
      registrationId: registrationId ?? '',
      data: JSON.stringify(pushed),
    });

  it('shows what is pushed while no window is open, one notification for a chat, until it is read elsewhere', async () => {
    await hers.page.goto('about:blank');
    await push(messageOf(1, 'Hello?'));
    await isShown([{ title: bob.username, body: 'Hello?' }], 'the message is shown');
    await push(messageOf(2, null));
    await isShown([{ title: bob.username, body: '2 new messages' }], 'it is replaced');
    const read = (seq: number) => push({ type: 'read', user_id: alice.id, room_id: room.id, seq });
    await read(1);
    await push({ ...messageOf(7, 'Other'), room_id: room.id + 1 } as Pushed);
    await until(async () => (await shownNow())?.length === 2, 'what is not read stays');
    await read(2);
    await isShown([{ title: bob.username, body: 'Other\n7 new messages' }], 'what is read is gone');
  });
});
