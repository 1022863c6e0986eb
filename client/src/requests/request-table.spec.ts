import { RequestTable } from './request-table.js';

function ask(table: RequestTable, timeoutMs = 5_000) {
  let sent = 0;
  const answer = table.ask((ref) => Boolean((sent = ref)), timeoutMs);
  return { answer, ref: sent };
}

describe('RequestTable', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives each answer to the one who asked, in whatever order they come', async () => {
    const table = new RequestTable();
    const first = ask(table);
    const second = ask(table);
    table.settle({ type: 'ack', ref: second.ref, rooms: [], more: true });
    table.settle({ type: 'ack', ref: first.ref, rooms: [], more: false });
    expect(await first.answer).toMatchObject({ more: false });
    expect(await second.answer).toMatchObject({ more: true });
  });

  it('passes on the server’s refusal, with when to come back', async () => {
    const table = new RequestTable();
    const { answer, ref } = ask(table);
    table.settle({ type: 'error', ref, code: 'rate_limited', message: 'Slow down.', retry_after_ms: 700 });
    await expect(answer).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 700 });
  });

  it('gives up after its time, and lets a late answer go', async () => {
    const table = new RequestTable();
    const { answer, ref } = ask(table);
    jest.advanceTimersByTime(5_000);
    await expect(answer).rejects.toMatchObject({ code: 'timeout' });
    expect(table.settle({ type: 'ack', ref })).toBe(false);
  });

  it('fails everything that waits when the line is gone', async () => {
    const table = new RequestTable();
    const answers = [ask(table).answer, ask(table).answer];
    table.failAll();
    for (const answer of answers) await expect(answer).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('fails at once what cannot be sent', async () => {
    const table = new RequestTable();
    await expect(table.ask(() => false, 5_000)).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('takes no notice of errors without a ref', () => {
    expect(new RequestTable().settle({ type: 'error', code: 'internal', message: '' })).toBe(false);
  });
});
