import { ModelServer, PEER } from '../testing/model-server.js';
import { addRun, newSegments, putMessage, segmentAt, type Segments } from './segments.js';

const server = new ModelServer();
for (let n = 0; n < 30; n++) server.send(PEER, null);
const run = (first: number, last: number) => ({ first, messages: server.messages.slice(first - 1, last) });

/** The segments as `first–last`. */
function shape({ live, detached }: Segments): string[] {
  return [...detached, live].map(({ first, messages }) => `${first}–${first + messages.length - 1}`);
}

describe('segments', () => {
  const newest = newSegments(server.messages.at(-1) ?? null);
  const middle = addRun(newest, run(10, 15));

  it('keeps a run from the middle of the room apart from the live segment', () => {
    expect(shape(middle)).toEqual(['10–15', '30–30']);
    expect(segmentAt(middle, 15)?.first).toBe(10);
    expect(segmentAt(middle, 16)).toBeUndefined();
  });

  it('grows a segment at both ends, also by a run that only touches it', () => {
    expect(shape(addRun(addRun(middle, run(5, 9)), run(14, 18)))).toEqual(['5–18', '30–30']);
  });

  it('joins all segments that a run touches, and the live one stays live', () => {
    expect(shape(addRun(middle, run(1, 3)))).toEqual(['1–3', '10–15', '30–30']);
    expect(shape(addRun(addRun(middle, run(1, 3)), run(4, 29)))).toEqual(['1–30']);
  });

  it('keeps what is loaded where a run has the same message', () => {
    const [edited] = run(12, 12).messages;
    const changed = edited && putMessage(middle, { ...edited, text: 'edited' });
    expect(changed && segmentAt(addRun(changed, run(8, 20)), 12)?.messages[4]?.text).toBe('edited');
  });

  it('is the same object when a run brings nothing new', () => {
    expect(addRun(middle, run(11, 14))).toBe(middle);
  });

  it('has no place for a message that is neither loaded nor the next one', () => {
    const [unknown] = run(20, 20).messages;
    expect(unknown && putMessage(middle, unknown)).toBeNull();
  });
});
