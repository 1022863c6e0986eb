import type { PushedMessage } from '@parley/shared';
import { parsePushed } from './parse-pushed';

const MESSAGE: PushedMessage = {
  type: 'message',
  user_id: 1,
  as: null,
  room_id: 2,
  message_id: 3,
  seq: 4,
  sender: 'alice',
  text: 'Hello',
  has_files: false,
  unread_count: 1,
};
const READ = { type: 'read', user_id: 1, room_id: 2, seq: 4 };

describe('parsePushed', () => {
  it.each([MESSAGE, READ, { ...MESSAGE, text: null, later: true }])('returns %j', (pushed) => {
    expect(parsePushed(JSON.stringify(pushed))).toEqual(pushed);
  });

  it.each([
    '',
    '{"type":"mess',
    'null',
    '[]',
    '7',
    JSON.stringify({ ...MESSAGE, type: 'call' }),
    JSON.stringify({ ...MESSAGE, room_id: '2' }),
    JSON.stringify({ ...MESSAGE, sender: undefined }),
    JSON.stringify({ ...READ, seq: undefined }),
  ])('returns null for %j', (text) => {
    expect(parsePushed(text)).toBeNull();
  });
});
