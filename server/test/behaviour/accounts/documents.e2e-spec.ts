import { Parser } from '@asyncapi/parser';
import { CLIENT_FRAME_SCOPES } from '@parley/shared';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { asyncapi as asyncapiRules } from '@stoplight/spectral-rulesets';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accountTools } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { bearer } from '../../support/sessions.js';

// Parser and linters need some 10 s of CPU each, and the machine has other work.
jest.setTimeout(120_000);

interface OpenApi {
  paths: Record<string, Record<string, { description: string; security?: object[]; 'x-scope'?: string }>>;
  components: { securitySchemes: Record<string, unknown> };
}
interface AsyncApi {
  operations: Record<string, { action: string; security: { $ref: string }[]; 'x-scope'?: string }>;
}

let parley: Parley;
let token: string;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', LOG_LEVEL: 'silent' });
  ({ token } = await accountTools(() => parley).newPerson());
});
afterAll(() => parley.stop());

const documentOf = async <T>(name: string) =>
  (await parley.call<T>('GET', `/api/${name}.json`, { headers: bearer(token) })).body;

describe('the OpenAPI document in accounts mode', () => {
  it('says of every call whether it is public, and else what an access token needs', async () => {
    const { paths, components } = await documentOf<OpenApi>('openapi');
    expect(Object.keys(components.securitySchemes)).toEqual(['cookie', 'bearer']);
    const needs: Record<string, string> = {};
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { description, security, 'x-scope': need = '' }] of Object.entries(methods)) {
        const call = `${method.toUpperCase()} ${path}`;
        if (!path.startsWith('/api/')) {
          expect([call, security]).toEqual([call, undefined]);
        } else if (security?.length === 0) {
          needs[call] = 'nothing';
          expect([call, description]).toEqual([call, expect.stringContaining('**Public**')]);
        } else {
          expect([call, security]).toEqual([call, [{ cookie: [] }, { bearer: [] }]]);
          expect([call, description]).toEqual([call, expect.stringContaining('**Access tokens**')]);
          needs[call] = need;
        }
      }
    }
    expect(needs).toMatchObject({
      'GET /api/auth/': 'nothing',
      'POST /api/auth/login/': 'nothing',
      'POST /api/auth/logout/': 'session',
      'GET /api/auth/tokens/': 'session',
      'POST /api/auth/tokens/': 'session',
      'GET /api/rooms/': 'read',
      'POST /api/rooms/create/': 'write',
      'POST /api/messages/{message_id}/read/': 'write',
    });
  });

  it('passes the linters of Redocly (recommended) and Spectral (oas)', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(__dirname, '../../support/lint-openapi.mjs'),
      `${parley.origin}/api/openapi.json`,
      token,
    ]);
    expect(JSON.parse(stdout)).toEqual([]);
  });
});

describe('the AsyncAPI document in accounts mode', () => {
  it('names the scope of every frame of a client, and has no error in parser and linter', async () => {
    const document = await documentOf<AsyncApi>('asyncapi');
    const scopes: Record<string, string> = {};
    for (const [id, operation] of Object.entries(document.operations)) {
      expect(operation.security).toHaveLength(2);
      const type = /^userReceives(\w+)$/.exec(id)?.[1]?.toLowerCase();
      if (type !== undefined) scopes[type] = operation['x-scope'] ?? '';
    }
    expect(scopes).toEqual(CLIENT_FRAME_SCOPES);

    const text = JSON.stringify(document);
    const { diagnostics } = await new Parser().parse(text);
    expect(diagnostics.filter(({ severity }) => severity <= 1)).toEqual([]);
    const spectral = new Spectral();
    spectral.setRuleset({
      extends: [[asyncapiRules as RulesetDefinition, 'all']],
      rules: { 'asyncapi-info-contact-properties': 'off' },
    });
    const found = await spectral.run(document as unknown as Record<string, unknown>);
    expect(found.filter(({ severity }) => severity <= 1)).toEqual([]);
  });
});
