import type { Room } from '@parley/shared';
import { runAdmin } from '../../support/admin.js';
import { Parley } from '../../support/parley.js';
import { privacyTools, signsOf } from '../../support/privacy.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const { as, newPerson, open, roomAs, send, newChat, newRequest, block } = privacyTools(() => parley);

const admin = (...args: string[]) =>
  runAdmin({ DATABASE_URL: parley.databaseUrl, AUTH_MODE: 'accounts' }, args);
const reportOf = (room: Room) => `/api/rooms/${room.id}/report/`;
const stored = () =>
  parley.sql<{ room_id: number; first_seq: number; last_seq: number }>(
    'SELECT room_id::int, first_seq::int, last_seq::int FROM reports ORDER BY id',
  );

describe('a report', () => {
  it('is listed, shown with its messages and deleted by npm run admin, and its other user sees nothing of it', async () => {
    const { a, b, room } = await newChat();
    const ofA = await open(a.token);
    await send(a, room.id, 'a \u001b[31mthreat\nhere');
    const before = await roomAs(a, room.id);
    const frames = ofA.frames.length;
    const reason = 'Threats,\nagain and again';
    expect((await as(b, 'POST', reportOf(room), { reason, first_seq: 2 })).status).toBe(204);
    await ofA.settled();
    expect(ofA.frames.length).toBe(frames + 1);
    expect(signsOf(ofA, b.user.id)).toEqual([]);
    expect(await roomAs(a, room.id)).toEqual(before);

    const listed = await admin('report:list', '--json');
    const [report] = JSON.parse(listed.output) as [{ id: number }];
    expect([listed.code, report]).toMatchObject([
      0,
      {
        reporter: b.user.username,
        reported: a.user.username,
        room_id: room.id,
        first_seq: 2,
        last_seq: 2,
        reason,
      },
    ]);
    const shown = await admin('report:show', String(report.id));
    // Texts of users do nothing to the terminal of the operator.
    expect(shown.output).toContain('a \\u001b[31mthreat\\nhere');
    expect(shown.output).not.toContain('\u001b');
    expect(shown.output).not.toContain(' first\n');
    expect((await admin('report:delete', String(report.id))).code).toBe(0);
    expect((await admin('report:show', String(report.id))).code).toBe(3);
    expect((await admin('report:list')).output).toContain('There are no reports.');
  });

  it('is about the newest messages that its user sees, and about no other', async () => {
    const { a, b, room } = await newRequest();
    for (let i = 2; i <= 60; i++) await send(a, room.id, `text ${i}`);
    await as(b, 'POST', reportOf(room), { reason: 'spam' });
    await block(b, a);
    await send(a, room.id, 'later');
    await as(b, 'POST', reportOf(room), { reason: 'spam', first_seq: 60, last_seq: 999 });
    await as(b, 'POST', reportOf(room), { reason: 'spam', first_seq: 999 });
    expect((await stored()).slice(-3)).toEqual([
      { room_id: room.id, first_seq: 11, last_seq: 60 },
      { room_id: room.id, first_seq: 60, last_seq: 60 },
      { room_id: room.id, first_seq: 60, last_seq: 60 },
    ]);
  });

  it('has a category, a reason, or both, and the operator reads them apart', async () => {
    const { a, b, room } = await newChat();
    for (const body of [
      { category: 'spam' },
      { category: 'illegal', reason: ' Goods. ' },
      { reason: 'Why?' },
    ])
      expect((await as(b, 'POST', reportOf(room), body)).status).toBe(204);
    for (const body of [
      { category: 'Spam or fraud' },
      { category: '', reason: 'x' },
      { category: null },
      { category: 'spam', reason: '' },
      { category: 'spam', reason: null },
    ])
      expect([body, (await as(b, 'POST', reportOf(room), body)).status]).toEqual([body, 400]);
    const listed = JSON.parse((await admin('report:list', '--json')).output) as object[];
    expect(
      listed.filter((report) => 'reported' in report && report.reported === a.user.username),
    ).toMatchObject([
      { category: 'other', reason: 'Why?' },
      { category: 'illegal', reason: 'Goods.' },
      { category: 'spam', reason: '' },
    ]);
  });

  it('is refused in a room of others as in one that does not exist, and without a reason', async () => {
    const { b, room } = await newChat();
    const stranger = await newPerson();
    const foreign = await as(stranger, 'POST', reportOf(room), { reason: 'x' });
    const missing = await as(stranger, 'POST', '/api/rooms/999999999/report/', { reason: 'x' });
    expect([foreign.status, foreign.body]).toEqual([404, missing.body]);
    for (const body of [
      {},
      { reason: '' },
      { reason: ' \u200b' },
      { reason: 'x'.repeat(1_001) },
      { reason: 'a\0' },
    ]) {
      expect((await as(b, 'POST', reportOf(room), body)).status).toBe(400);
    }
  });
});
