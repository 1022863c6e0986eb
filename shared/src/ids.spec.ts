import type { MessageId, Rev, RoomId, Seq, UserId } from './ids.js';

const room = 1 as RoomId;
const user = 2 as UserId;

const member = (roomId: RoomId, userId: UserId): number => roomId + userId;
const position = (seq: Seq, rev: Rev, id: MessageId): number => seq + rev + id;

/** Compiled by `npm run typecheck`: a line that is expected not to compile fails there when it does. */
describe('branded ids', () => {
  it('do not compile when they are swapped', () => {
    expect(member(room, user)).toBe(3);
    // @ts-expect-error user and room are swapped
    member(user, room);
    // @ts-expect-error a plain number is no id
    member(1, 2);

    // @ts-expect-error seq and rev are swapped
    position(1 as Rev, 2 as Seq, 3 as MessageId);
    // @ts-expect-error a seq is no message id
    position(1 as Seq, 2 as Rev, 3 as Seq);
  });

  it('are plain numbers at run time and on the wire', () => {
    expect(JSON.stringify({ room, user })).toBe('{"room":1,"user":2}');
  });
});
