import type { User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Parley } from '../support/parley.js';

const PASSWORD = 'quiet violet harbour';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const newName = () => `n${randomUUID().slice(0, 13)}`;

/** Median duration of a wrong login, in milliseconds. */
async function median(names: () => string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 25; i++) {
    const start = performance.now();
    await parley.post('/api/auth/login/', { username: names(), password: 'wrong password' });
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[12]!;
}

describe('a login', () => {
  it('takes as long for an unknown user as for a wrong password', async () => {
    const username = newName();
    await parley.post<User>('/api/auth/register/', { username, password: PASSWORD });
    await median(() => username);
    const [known, unknown] = [await median(() => username), await median(newName)];
    // Without the same work for both, the ratio is that of a statement to a hash: below 0.3.
    expect(Math.min(known, unknown) / Math.max(known, unknown)).toBeGreaterThan(0.6);
  });
});
