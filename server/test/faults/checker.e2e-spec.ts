import { verdictOn } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { sql } from './harness/database.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';

const stack = new Stack();
let url: string;
let server: ServerProcess;

beforeAll(async () => {
  url = await stack.database();
  server = await stack.server({ DATABASE_URL: url });
});
afterAll(() => stack.end());

describe('The checker', () => {
  it.each([
    ['a lost message', 'DELETE FROM messages WHERE seq = 5 AND room_id = $1', { lost: 1 }],
    [
      'a doubled message',
      `UPDATE messages m SET text = (SELECT text FROM messages WHERE seq = 3 AND room_id = m.room_id)
       WHERE seq = 5 AND room_id = $1`,
      { doubled: 1 },
    ],
    [
      'messages in another order',
      `UPDATE messages SET id = -id, text = 'checked-' || (14 - seq) WHERE room_id = $1`,
      { outOfOrder: 12 },
    ],
    ['a wrong unread count', 'UPDATE rooms SET unread_a = unread_a + 1 WHERE id = $1', { lost: 0 }],
    [
      'a lost edit',
      `UPDATE messages SET text = edits->0->>'text' WHERE seq = 11 AND room_id = $1`,
      { lost: 1 },
    ],
    [
      'an earlier edit that is lost',
      `UPDATE messages SET edits = edits - 1 WHERE seq = 11 AND room_id = $1`,
      { lost: 1 },
    ],
    [
      'a doubled edit',
      `UPDATE messages SET edits = edits || (edits->1) WHERE seq = 11 AND room_id = $1`,
      { doubled: 1 },
    ],
    ['a lost reaction', `UPDATE messages SET reactions = NULL WHERE seq = 11 AND room_id = $1`, { lost: 1 }],
    [
      'a lost deletion',
      `UPDATE messages SET deleted_at = NULL, text = 'deleted-12' WHERE seq = 12 AND room_id = $1`,
      { lost: 1 },
    ],
    [
      'content of a deleted message',
      `UPDATE messages SET text = 'there' WHERE seq = 12 AND room_id = $1`,
      { doubled: 1 },
    ],
    [
      'a reply that shows another text',
      `UPDATE messages SET reply_to = (SELECT id FROM messages WHERE seq = 1 AND room_id = $1) WHERE seq = 13 AND room_id = $1`,
      { lost: 0, doubled: 0 },
    ],
    ['a revision that no client received', 'UPDATE rooms SET rev = rev + 1 WHERE id = $1', { lost: 0 }],
  ])('finds %s', async (_, damage, expected) => {
    const crowd = stack.crowd(await Crowd.gather(url, 1, [server.origin], { heartbeatMs: 120_000 }));
    const [{ pair, a }] = crowd.members as [(typeof crowd.members)[number]];
    for (let n = 1; n <= 10; n++) await a.send(pair.roomId, `checked-${n}`);
    const edited = await a.send(pair.roomId, 'edited-11');
    for (const text of ['once', 'twice']) await a.change(edited, { kind: 'edit', text });
    await a.change(edited, { kind: 'react', emoji: '👍', on: true });
    await a.change(await a.send(pair.roomId, 'deleted-12'), { kind: 'delete' });
    await a.send(pair.roomId, 'answer-13', edited);
    expect(await verdictOn(url, crowd.clients)).toMatchObject({ acked: 13, changed: 4, problems: [] });

    await sql(url, damage, [pair.roomId]);
    const verdict = await verdictOn(url, crowd.clients, 0);
    expect(verdict).toMatchObject(expected);
    expect(verdict.problems.length + verdict.doubled).toBeGreaterThan(0);
    crowd.disperse();
  });
});
