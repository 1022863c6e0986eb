import { newClientId } from '@parley/client';
import { queuedAt } from './queued-at';

describe('queuedAt', () => {
  it('reads the time of a UUIDv7', () => {
    const now = Date.UTC(2026, 10, 26, 3, 14, 15, 92);
    expect(queuedAt({ client_id: newClientId(now) })).toBe('2026-11-26T03:14:15.092Z');
  });

  it.each([null, 'f47ac10b-58cc-4372-a567-0e02b2c3d479', 'x'])('has no time for %s', (client_id) => {
    expect(queuedAt({ client_id })).toBeNull();
  });
});
