import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { RUNS } from '../../support/fuzz.js';
import { Parley } from '../../support/parley.js';
import { SchemaRequests, type Document } from '../../support/schema-requests.js';
import { bearer, openSession } from '../../support/sessions.js';

let parley: Parley;
let database: Client;
beforeAll(async () => {
  parley = await Parley.start({
    AUTH_MODE: 'accounts',
    REGISTRATION: 'open',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
  });
  database = new Client({ connectionString: parley.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await parley.stop();
});

const newSession = async () => bearer(await openSession(database, `n${randomUUID().slice(0, 13)}`));

describe('the schemas of the OpenAPI document in accounts mode', () => {
  it('allow what is accepted and refuse what is refused', async () => {
    const { body: document } = await parley.call<Document>('GET', '/api/openapi.json', {
      headers: await newSession(),
    });
    const seen = { right: 0, wrong: 0 };
    await fc.assert(
      fc.asyncProperty(
        new SchemaRequests(document, {}).any(),
        async ({ method, url, body, wrong, broken }) => {
          // A session for each call, because some end it.
          const headers = await newSession();
          const { status } = await parley.call(method, url, {
            ...(body === null ? {} : { body }),
            headers: { ...headers, ...(body === null ? {} : { 'Content-Type': 'application/json' }) },
          });
          if (status >= 500) throw new Error(`answered ${status}`);
          if (wrong.length > 0) {
            seen.wrong++;
            if (status < 400) throw new Error(`is wrong by its schema, and answered ${status}`);
          } else if (broken.length === 0) {
            seen.right++;
            if (status === 400) throw new Error('is right by its schema, and answered 400');
          }
        },
      ),
      { numRuns: RUNS },
    );
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(RUNS / 10);
  });
});
