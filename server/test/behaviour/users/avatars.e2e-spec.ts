import type { Problem, User } from '@parley/shared';
import sharp from 'sharp';
import { removeExpired } from '../../../src/attachments/clean-up.js';
import { FILE_STORAGE, type FileStorage } from '../../../src/attachments/storage/file-storage.js';
import { Database } from '../../../src/database/database.js';
import { accountTools, PASSWORD, type Person } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { bearer } from '../../support/sessions.js';
import { bytes, bytesOf, photo, Uploader } from '../../support/uploads.js';

let simulation: Parley;
let parley: Parley;
beforeAll(async () => {
  simulation = await Parley.start({ RATE_LIMIT: 'off', ATTACHMENT_MAX_BYTES: '8000000' });
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
});
afterAll(() => Promise.all([simulation.stop(), parley.stop()]));

const setAvatar = (user: User, upload: unknown) =>
  simulation.call<User & Problem>('PUT', '/api/me/avatar/', { body: { upload, active_user_id: user.id } });
const upload = (user: User, content: Uint8Array) =>
  new Uploader(simulation, user.id).upload('me.jpg', content);
const get = (user: User, path: string, query = '') =>
  fetch(`${simulation.origin}${path}?active_user=${user.id}${query}`);
const storedBy = (server: Parley, { id }: User) =>
  server.sql<{ key: string; over: boolean }>(
    `SELECT key, coalesce(expires_at < now(), false) AS over FROM attachments WHERE user_id = $1 ORDER BY id`,
    [id],
  );

const stripe = (background: string) =>
  sharp({ create: { width: 150, height: 300, channels: 3, background } })
    .png()
    .toBuffer();

/** Left red, middle green, right blue; as wide as two squares. */
async function stripes(): Promise<Buffer> {
  return sharp({ create: { width: 600, height: 300, channels: 3, background: '#00ff00' } })
    .composite([
      { input: await stripe('#ff0000'), left: 0, top: 0 },
      { input: await stripe('#0000ff'), left: 450, top: 0 },
    ])
    .png()
    .toBuffer();
}

describe('the picture of a user', () => {
  it('is the middle of an upload as a square in two sizes, without where it was taken, and uses the upload up', async () => {
    const { a, b } = await simulation.newRoom();
    expect(a).not.toHaveProperty('avatar');
    const id = await upload(a, await photo());
    const { status, body } = await setAvatar(a, id);
    expect([status, body.avatar]).toEqual([
      200,
      expect.stringMatching(new RegExp(`^/api/users/${a.id}/avatar/[0-9a-f-]{36}/$`)) as string,
    ]);
    for (const [query, side] of [
      ['', 256],
      ['&size=256', 256],
      ['&size=128', 128],
    ] as const) {
      const answer = await get(b, body.avatar!, query);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'private, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
      const image = await sharp(await bytesOf(answer)).metadata();
      expect([image.format, image.width, image.height, image.exif]).toEqual(['webp', side, side, undefined]);
    }
    expect((await setAvatar(a, id)).status).toBe(404);
    const again = await setAvatar(a, await upload(a, await stripes()));
    const { data } = await sharp(await bytesOf(await get(b, again.body.avatar!)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (const pixel of [128 * 256 + 4, 128 * 256 + 250]) {
      const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 3);
      expect(green).toBeGreaterThan(200);
      expect(red + blue).toBeLessThan(80);
    }
    // The old one is gone at once, and its files with the clean-up.
    expect((await get(b, body.avatar!)).status).toBe(404);
    await simulation.sql(
      `UPDATE attachments SET expires_at = now() - interval '1 hour' WHERE user_id = $1 AND expires_at < now()`,
      [a.id],
    );
    await removeExpired(simulation.app.get(Database), simulation.app.get<FileStorage>(FILE_STORAGE));
    expect(await storedBy(simulation, a)).toEqual([
      { key: again.body.avatar!.split('/').at(-2), over: false },
    ]);
    expect((await get(b, again.body.avatar!)).status).toBe(200);
  });

  it('reaches the other members and the own devices at once, and stands wherever the user does', async () => {
    const { room, a, b } = await simulation.newRoom();
    await simulation.send(room.id, a.id, 'hello');
    const [mine, theirs] = [await simulation.userSocket(a.id), await simulation.userSocket(b.id)];
    const { avatar } = (await setAvatar(a, await upload(a, await photo()))).body;
    const { user } = await mine.next('profile');
    expect([user.id, user.avatar]).toEqual([a.id, avatar]);
    const frame = await theirs.next('room', ({ room: { id } }) => id === room.id);
    expect(frame.room.users.find(({ id }) => id === a.id)?.avatar).toBe(avatar);
    expect((await simulation.send(room.id, b.id, 'hi')).receiver.avatar).toBe(avatar);
    const { body: found } = await simulation.get<User[]>(`/api/users/?search=${a.username}`);
    expect(found[0]?.avatar).toBe(avatar);

    const path = `/api/me/avatar/?active_user=${a.id}`;
    expect((await simulation.call('DELETE', path)).status).toBe(204);
    expect((await mine.next('profile')).user).not.toHaveProperty('avatar');
    await theirs.next('room', ({ room: { users } }) => users.every((one) => !one.avatar));
    expect((await get(b, avatar!)).status).toBe(404);
    // Again: nothing is left to remove, and nothing is published.
    await mine.settled();
    const before = mine.frames.length;
    expect((await simulation.call('DELETE', path)).status).toBe(204);
    await mine.settled();
    expect(mine.frames.slice(before).map(({ type }) => type)).not.toContain('profile');
  });

  it('is an image that is complete and no larger than 5 MiB, by a field that is named', async () => {
    const { a, b } = await simulation.newRoom();
    const text = await upload(a, bytes('no image'));
    const large = await upload(a, await photo());
    await simulation.sql('UPDATE attachments SET size = 5242881 WHERE id = $1', [large]);
    const { id: half } = await new Uploader(simulation, a.id).create('half.png', 100);
    for (const [id, status] of [
      [text, 400],
      [half, 400],
      [large, 400],
    ] as const) {
      const { body, status: answered } = await setAvatar(a, id);
      expect([id, answered, body.errors?.[0]?.field]).toEqual([id, status, 'upload']);
    }
    const theirs = await upload(b, await photo());
    expect((await setAvatar(a, theirs)).status).toBe(404);
    for (const wrong of [undefined, null, 0, '1', [1]]) {
      const { body, status } = await setAvatar(a, wrong);
      expect([wrong, status, body.errors?.[0]?.field]).toEqual([wrong, 400, 'upload']);
    }
    expect((await get(a, `/api/users/${a.id}/avatar/x/`)).status).toBe(404);
    const mine = (await setAvatar(b, theirs)).body.avatar!;
    for (const size of ['1', '', '0128', '512'])
      expect([size, (await get(a, mine, `&size=${size}`)).status]).toEqual([size, 400]);
    // Of another user: there is no such path.
    expect((await get(a, mine.replace(`/${b.id}/`, `/${a.id}/`))).status).toBe(404);
  });
});

describe('the name of a user in simulation', () => {
  it('changes in any script, for the own devices too, and the username stays', async () => {
    const a = await simulation.newUser();
    const socket = await simulation.userSocket(a.id);
    const patch = (display_name: unknown) =>
      simulation.call<User & Problem>('PATCH', '/api/me/', { body: { display_name, active_user_id: a.id } });
    const { status, body } = await patch('  Дмитрий 小明  ');
    expect([status, body.display_name, body.username]).toEqual([200, 'Дмитрий 小明', a.username]);
    expect((await socket.next('profile')).user.display_name).toBe('Дмитрий 小明');
    for (const wrong of ['', ' ', '\u202egnp', 'a\nb', 'x'.repeat(65), 7])
      expect([wrong, (await patch(wrong)).body.errors?.[0]?.field]).toEqual([wrong, 'display_name']);
  });
});

async function set({ user, token }: Person): Promise<string> {
  const id = await new Uploader(parley, user.id, token).upload('me.png', await photo());
  const call = { body: { upload: id }, headers: bearer(token) };
  return (await parley.call<User>('PUT', '/api/me/avatar/', call)).body.avatar!;
}

describe('with accounts the picture of a user', () => {
  const { newPerson, registered, statusOf, open, roomOf } = accountTools(() => parley);

  it('needs a session, reaches the own devices without a chat, and says nothing to whom the user has blocked', async () => {
    const [a, blocked] = [await newPerson(), await newPerson()];
    const device = await open(a.token);
    const avatar = await set(a);
    expect((await device.next('profile')).user.avatar).toBe(avatar);
    expect([await statusOf('GET', avatar, a.token), await statusOf('GET', avatar, null)]).toEqual([200, 401]);

    const room = await roomOf(a, blocked);
    await statusOf('POST', `/api/rooms/${room.id}/messages/`, a.token, { text: 'hello' });
    await statusOf('POST', `/api/users/${blocked.user.id}/block/`, a.token);
    const theirs = await open(blocked.token);
    await set(a);
    await device.next('profile', ({ user }) => user.avatar !== avatar);
    await theirs.settled();
    expect(theirs.all('room')).toEqual([]);
  });

  it('is in the export, and goes with the account', async () => {
    const a = await registered();
    const avatar = await set(a);
    const exported = await fetch(`${parley.origin}/api/me/export/`, {
      method: 'POST',
      headers: bearer(a.token),
    });
    expect(Buffer.from(await exported.arrayBuffer()).toString('latin1')).toContain('avatar.webp');
    const reader = await newPerson();
    expect(await statusOf('GET', avatar, reader.token)).toBe(200);
    expect(await statusOf('DELETE', '/api/me/', a.token, { password: PASSWORD })).toBe(204);
    expect(await statusOf('GET', avatar, reader.token)).toBe(404);
    expect((await storedBy(parley, a.user)).map(({ over }) => over)).toEqual([true, true]);
    const [row] = await parley.sql<object>('SELECT avatar FROM users WHERE id = $1', [a.user.id]);
    expect(row).toEqual({ avatar: null });
  });
});
