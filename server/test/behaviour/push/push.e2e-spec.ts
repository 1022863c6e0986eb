import type { Problem, PushSubscriptionInfo, PushSubscriptions, UserSettings } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookupPublic } from '../../../src/push/public-address.js';
import { sendPush } from '../../../src/push/push-sender.js';
import { Parley } from '../../support/parley.js';
import { privacyTools } from '../../support/privacy.js';
import { claimsOf, PushService, type PushedBrowser } from '../../support/push-service.js';
import type { Person } from '../../support/accounts.js';

const PATH = '/api/me/push-subscriptions/';
/** A push comes 1.5 to 2.5 s after its message: see push.service.ts. */
const PUSHED_MS = 3_000;

let parley: Parley;
let service: PushService;
beforeAll(async () => {
  service = await PushService.start();
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off', PUSH_LOOPBACK: 'on' });
});
afterAll(async () => {
  await parley.stop();
  await service.stop();
});

const { as, newPerson, newRequest, newChat, send, block } = privacyTools(() => parley);

async function subscribe(person: Person, browser: PushedBrowser): Promise<PushSubscriptionInfo> {
  const { status, body } = await as<PushSubscriptionInfo>(person, 'POST', PATH, browser.subscription);
  expect(status).toBe(201);
  return body;
}

/** A chat whose second member has a browser that gets pushes. */
async function pushedChat(settings: Partial<UserSettings> = {}) {
  const chat = await newChat();
  const browser = service.newBrowser();
  await subscribe(chat.b, browser);
  await as(chat.b, 'PATCH', '/api/me/settings/', { notifications: true, ...settings });
  return { ...chat, browser };
}

async function until(isTrue: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  for (const giveUp = Date.now() + ms; !(await isTrue()); await sleep(20))
    if (Date.now() > giveUp) throw new Error('It did not come true.');
}

const listed = async (person: Person) =>
  (await as<PushSubscriptions>(person, 'GET', PATH)).body.subscriptions.map(({ id }) => id);

describe('a message to a user whose browser has subscribed', () => {
  it('is pushed once, encrypted for the browser and signed by the server, and taken back when it is read', async () => {
    const { a, b, room, browser } = await pushedChat();
    await send(a, room.id, 'One');
    const newest = await send(a, room.id, 'Are you there? 👋');
    await until(() => browser.arrived.length > 0);
    await sleep(500);
    expect(browser.arrived.map(({ pushed }) => pushed)).toEqual([
      {
        type: 'message',
        user_id: b.user.id,
        as: null,
        room_id: room.id,
        message_id: newest.id,
        seq: newest.seq,
        sender: a.user.display_name,
        text: 'Are you there? 👋',
        has_files: false,
        unread_count: newest.seq,
      },
    ]);
    const { headers } = browser.arrived[0]!;
    const { public_key } = (await as<PushSubscriptions>(b, 'GET', PATH)).body;
    const claims = claimsOf(headers.authorization ?? '', public_key);
    expect(claims).toMatchObject({ aud: service.origin, sub: 'mailto:operator@parley.invalid' });
    expect(claims.exp).toBeGreaterThan(Date.now() / 1_000);
    expect([headers['content-encoding'], headers.urgency, Number(headers.ttl) > 0]).toEqual([
      'aes128gcm',
      'high',
      true,
    ]);
    await as(b, 'POST', `/api/messages/${newest.id}/read/`);
    await until(() => browser.arrived.length === 2);
    expect(browser.arrived[1]?.pushed).toEqual({
      type: 'read',
      user_id: b.user.id,
      room_id: room.id,
      seq: newest.seq,
    });
  });

  it('is not pushed when it is read at once, nor to its sender, nor is its reading', async () => {
    const { a, b, room, browser } = await pushedChat();
    const own = service.newBrowser();
    await subscribe(a, own);
    await as(a, 'PATCH', '/api/me/settings/', { notifications: true });
    const { id } = await send(a, room.id, 'Hello');
    await as(b, 'POST', `/api/messages/${id}/read/`);
    await sleep(PUSHED_MS * 2);
    expect([browser.arrived, own.arrived]).toEqual([[], []]);
  });

  it('is pushed without its text when the user wants it so, and cut when it is long', async () => {
    const [quiet, long] = [await pushedChat({ notification_text: false }), await pushedChat()];
    await send(quiet.a, quiet.room.id, 'A secret');
    await send(long.a, long.room.id, '😀'.repeat(1_000));
    await until(() => quiet.browser.arrived.length + long.browser.arrived.length === 2);
    expect(quiet.browser.arrived[0]?.pushed).toMatchObject({ text: null });
    expect(long.browser.arrived[0]?.pushed).toMatchObject({ text: '😀'.repeat(300) });
  });

  it('is not pushed when notifications are off, the hours are quiet, or the chat is muted', async () => {
    const off = await pushedChat({ notifications: false });
    const quiet = await pushedChat({ quiet_hours: { from: '00:00', to: '00:00', time_zone: 'UTC' } });
    const muted = await pushedChat();
    await as(muted.b, 'PATCH', `/api/rooms/${muted.room.id}/settings/`, {
      muted_until: '9999-12-31T23:59:59.999Z',
    });
    const normal = await pushedChat();
    for (const { a, room } of [off, quiet, muted, normal]) await send(a, room.id, 'Hello');
    await until(() => normal.browser.arrived.length === 1);
    await sleep(500);
    for (const { browser } of [off, quiet, muted]) expect(browser.arrived).toEqual([]);
  });

  it('is not pushed when it is a request, or of somebody who is blocked, or deleted meanwhile', async () => {
    const request = await newRequest();
    const browser = service.newBrowser();
    await subscribe(request.b, browser);
    await as(request.b, 'PATCH', '/api/me/settings/', { notifications: true });
    await send(request.a, request.room.id, 'Hello stranger');
    const blocked = await pushedChat();
    await block(blocked.b, blocked.a);
    await send(blocked.a, blocked.room.id, 'Hello?');
    const deleted = await pushedChat();
    const { id } = await send(deleted.a, deleted.room.id, 'Oh no');
    expect((await as(deleted.a, 'DELETE', `/api/messages/${id}/`)).status).toBe(204);
    await sleep(PUSHED_MS * 1.5);
    for (const { arrived } of [browser, blocked.browser, deleted.browser]) expect(arrived).toEqual([]);
  });

  it('is pushed again when the push service is busy, and to nobody any more who is gone', async () => {
    const { a, b, room, browser } = await pushedChat();
    service.answers.push([503], [429, '1']);
    await send(a, room.id, 'Busy');
    await until(() => browser.arrived.length === 1, 15_000);
    service.answers.push([410]);
    await send(a, room.id, 'Gone');
    await until(async () => (await listed(b)).length === 0);
    const { requests } = service;
    await send(a, room.id, 'Nobody');
    await sleep(PUSHED_MS);
    expect(service.requests).toBe(requests);
  });
});

describe('a subscription', () => {
  it('is renewed by the same endpoint, and removed by its user alone', async () => {
    const [person, other] = [await newPerson(), await newPerson()];
    const browser = service.newBrowser();
    const { id, host } = await subscribe(person, browser);
    expect(host).toBe(new URL(service.origin).host);
    const again = await as<PushSubscriptionInfo>(person, 'POST', PATH, browser.subscription);
    expect([again.status, again.body.id]).toEqual([200, id]);
    expect((await as(other, 'DELETE', `${PATH}${id}/`)).status).toBe(404);
    expect((await as(person, 'DELETE', `${PATH}x/`)).status).toBe(404);
    expect(await listed(person)).toEqual([id]);
    expect((await as(person, 'DELETE', `${PATH}${id}/`)).status).toBe(204);
    expect(await listed(person)).toEqual([]);
  });

  it('ends with its session, and with the next login in the same browser', async () => {
    const { a, b, room, browser } = await pushedChat();
    const next = await newPerson();
    await subscribe(next, browser);
    expect([await listed(b), (await listed(next)).length]).toEqual([[], 1]);
    await subscribe(b, browser);
    expect((await as(b, 'POST', '/api/auth/logout/')).status).toBe(204);
    expect(await parley.sql('SELECT FROM push_subscriptions WHERE user_id = $1', [b.user.id])).toEqual([]);
    await send(a, room.id, 'Anybody?');
    await sleep(PUSHED_MS);
    expect(browser.arrived).toEqual([]);
  });

  it('is one of at most 20 of a user', async () => {
    const person = await newPerson();
    for (let i = 0; i < 20; i++) await subscribe(person, service.newBrowser());
    const { status, body } = await as<Problem>(person, 'POST', PATH, service.newBrowser().subscription);
    expect([status, body.code]).toEqual([409, 'too_many']);
  });

  it.each([
    ['https://127.0.0.1/', 'must be on the internet'],
    ['https://10.1.2.3/push', 'must be on the internet'],
    ['https://169.254.169.254/latest/meta-data', 'must be on the internet'],
    ['https://[::1]/', 'must be on the internet'],
    ['https://[::ffff:10.0.0.1]/', 'must be on the internet'],
    ['https://[fd00::1]/', 'must be on the internet'],
    ['https://0x7f000001/', 'must be on the internet'],
    ['https://redis/', 'must be on the internet'],
    ['https://db.internal/', 'must be on the internet'],
    ['https://user:password@push.example.com/', 'must have no username and no password'],
    ['http://push.example.com/', 'must be an https URL'],
    ['ftp://push.example.com/', 'must be an https URL'],
  ])('is refused at %s', async (endpoint, message) => {
    const person = await newPerson();
    const { subscription } = service.newBrowser();
    const { status, body } = await as<Problem>(person, 'POST', PATH, { ...subscription, endpoint });
    expect([status, body.errors]).toEqual([400, [{ field: 'endpoint', message }]]);
  });

  it('is refused with a key for which nothing can be encrypted', async () => {
    const { subscription } = service.newBrowser();
    const p256dh = `B${'A'.repeat(86)}`;
    const { status, body } = await as<Problem>(await newPerson(), 'POST', PATH, { ...subscription, p256dh });
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'p256dh']);
  });
});

it('pushes nothing to a name that leads into the private network', async () => {
  const looked = await new Promise<Error | null>((resolve) => {
    lookupPublic('localhost', {}, (error) => resolve(error));
  });
  expect(looked?.message).toBe('The host has no public address.');
  const { subscription } = service.newBrowser();
  const vapid = { subject: 'mailto:a@example.com', publicKey: '', privateKey: '' };
  const pushed = { type: 'read', user_id: 1, room_id: 1, seq: 1 } as const;
  expect(await sendPush(subscription, pushed, vapid, false)).toBe('gone');
});

it('has the same keys on every server of a database, and after a restart', async () => {
  const person = await newPerson();
  const keyOf = async (server: Parley) =>
    (
      await server.call<PushSubscriptions>('GET', PATH, {
        headers: { Authorization: `Bearer ${person.token}` },
      })
    ).body.public_key;
  const second = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off' }, parley.databaseUrl);
  expect(await keyOf(second)).toBe(await keyOf(parley));
  await second.stop();
  expect(await parley.sql('SELECT FROM push_keys')).toHaveLength(1);
});
