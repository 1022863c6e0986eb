import { RequestTable } from './request-table.js';

function ask(table: RequestTable, timeoutMs = 5_000) {
  let sent = 0;
  const answer = table.request((ref) => Boolean((sent = ref)), timeoutMs);
  return { answer, ref: sent };
}

describe('RequestTable', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('resolves each request with its own reply when replies arrive out of order', async () => {
    const table = new RequestTable();
    const first = ask(table);
    const second = ask(table);
    table.settle({ type: 'ack', ref: second.ref, rooms: [], more: true });
    table.settle({ type: 'ack', ref: first.ref, rooms: [], more: false });
    expect(await first.answer).toMatchObject({ more: false });
    expect(await second.answer).toMatchObject({ more: true });
  });

  it('rejects with the code and the retry time when the server refuses', async () => {
    const table = new RequestTable();
    const { answer, ref } = ask(table);
    table.settle({ type: 'error', ref, code: 'rate_limited', message: 'Slow down.', retry_after_ms: 700 });
    await expect(answer).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 700 });
  });

  it('rejects after the timeout and ignores a late reply', async () => {
    const table = new RequestTable();
    const { answer, ref } = ask(table);
    jest.advanceTimersByTime(5_000);
    await expect(answer).rejects.toMatchObject({ code: 'timeout' });
    expect(table.settle({ type: 'ack', ref })).toBe(false);
  });

  it('rejects every waiting request when the connection is lost', async () => {
    const table = new RequestTable();
    const answers = [ask(table).answer, ask(table).answer];
    table.failAll();
    for (const answer of answers) await expect(answer).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('rejects a request at once when it cannot be sent', async () => {
    const table = new RequestTable();
    await expect(table.request(() => false, 5_000)).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('ignores an error frame when it has no ref', () => {
    expect(new RequestTable().settle({ type: 'error', code: 'internal', message: '' })).toBe(false);
  });
});
