import { NOWHERE, Worlds, type World } from '../support/matrix.js';
import { Parley } from '../support/parley.js';
import { bearer } from '../support/sessions.js';

const ROUNDS = 150;

let parley: Parley;
let world: World;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off' });
  world = await new Worlds(parley).make();
});
afterAll(() => parley.stop());

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

describe('A1, A2: what is not the user’s', () => {
  it.each([
    ['GET', 'room', (id: number) => `/api/rooms/${id}/`],
    ['GET', 'room', (id: number) => `/api/rooms/${id}/messages/`],
    ['POST', 'message', (id: number) => `/api/messages/${id}/read/`],
    ['DELETE', 'session', (id: number) => `/api/auth/sessions/${id}/`],
    ['DELETE', 'token', (id: number) => `/api/auth/tokens/${id}/`],
  ] as const)('is answered as fast as what does not exist (%s of a %s)', async (method, name, pathOf) => {
    const headers = bearer(world.tokens.stranger ?? '');
    const timeOf = async (id: number): Promise<number> => {
      const start = performance.now();
      const { status } = await parley.call(method, pathOf(id), { headers });
      expect(status).toBe(404);
      return performance.now() - start;
    };
    const [foreign, missing]: [number[], number[]] = [[], []];
    // In turns, so that whatever slows the machine slows both.
    for (let i = 0; i < ROUNDS; i++) {
      foreign.push(await timeOf(world.targets.stranger[name]));
      missing.push(await timeOf(NOWHERE[name]));
    }
    const ratio = median(foreign) / median(missing);
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.25);
  });
});
