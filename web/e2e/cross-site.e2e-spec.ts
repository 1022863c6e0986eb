import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import { Account, ACCOUNTS, PASSWORD } from './support/account';
import { setUpStage } from './support/stage';

const stage = setUpStage(ACCOUNTS);
/** A page of somebody else, empty. */
let foreign: HttpServer;
let port: number;
beforeAll(async () => {
  foreign = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Bait</title>');
  });
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  port = (foreign.address() as AddressInfo).port;
});
afterAll(() => void foreign.close());

/** Alice is signed in and has a chat with bob. */
async function victim(): Promise<{ browser: BrowserContext; alice: Account; path: string }> {
  const [alice, bob] = [await Account.create(stage, 'alice'), await Account.create(stage, 'bob')];
  const path = await alice.chatWith(bob, 'before');
  return { browser: await alice.browser(), alice, path };
}

/** What stands in the chat of the page at `path`, as its server has it. */
async function texts(browser: BrowserContext, path: string): Promise<string[]> {
  const answer = await browser.request.get(`${stage.server.origin}/api${path}/messages/`);
  const { results } = (await answer.json()) as { results: { text: string }[] };
  return results.map(({ text }) => text);
}

/** `localhost` is another site than `127.0.0.1`: no cookie. Another port is the same site: the cookie is sent. */
const PAGES = [
  ['another site', 'localhost'],
  ['another origin of the same site', '127.0.0.1'],
] as const;

describe.each(PAGES)('a page of %s', (_, host) => {
  it('changes nothing with forms, whatever they send, when its visitor is signed in', async () => {
    const { browser, alice, path } = await victim();
    const page = await browser.newPage();
    const targets: [path: string, body: Record<string, string>][] = [
      [`/api${path}/messages/`, { text: 'forged' }],
      ['/api/auth/logout/', {}],
      ['/api/auth/password/', { current_password: PASSWORD, new_password: 'chosen by the attacker' }],
      ['/api/auth/login/', { username: alice.user.username, password: PASSWORD }],
    ];
    const statuses: number[] = [];
    for (const [target, body] of targets) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        await page.goto(`http://${host}:${port}/`);
        const answered = page.waitForResponse((response) => response.url().endsWith(target));
        await page.evaluate(
          ({ entries, ...attributes }) => {
            const form = Object.assign(document.createElement('form'), { method: 'post', ...attributes });
            for (const [name, value] of entries)
              form.append(Object.assign(document.createElement('input'), { name, value }));
            document.body.append(form);
            form.submit();
          },
          {
            action: stage.server.origin + target,
            enctype: type,
            // The known trick: as text/plain, name and value together are a JSON document.
            entries: type === 'text/plain' ? [[JSON.stringify(body), '']] : Object.entries(body),
          },
        );
        statuses.push((await answered).status());
        await page.waitForURL(stage.server.origin + target);
      }
    }
    expect(statuses).toEqual(statuses.map(() => 403));
    expect(await texts(browser, path)).toEqual(['before']);
    await alice.browser();
  });

  it('changes and reads nothing with scripts, and opens no socket', async () => {
    const { browser, path } = await victim();
    const page = await browser.newPage();
    await page.goto(`http://${host}:${port}/`);
    const done = await page.evaluate(
      async ({ server, url }) => {
        const body = JSON.stringify({ text: 'forged' });
        const post = (init: RequestInit) =>
          fetch(url, { method: 'POST', credentials: 'include', body, ...init }).then(
            ({ type }) => type,
            () => 'failed',
          );
        const socket = new WebSocket(`${server.replace('http', 'ws')}/ws/`);
        const opened = new Promise((resolve) => {
          socket.addEventListener('open', () => resolve('open'));
          socket.addEventListener('error', () => resolve('refused'));
        });
        return {
          plain: await post({ mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } }),
          untyped: await post({ mode: 'no-cors' }),
          json: await post({ headers: { 'Content-Type': 'application/json' } }),
          beacon: navigator.sendBeacon(url, new Blob([body], { type: 'text/plain' })),
          read: await fetch(url, { credentials: 'include' }).then(
            () => 'read',
            () => 'failed',
          ),
          socket: await opened,
        };
      },
      { server: stage.server.origin, url: `${stage.server.origin}/api${path}/messages/` },
    );
    expect(done).toMatchObject({ json: 'failed', read: 'failed', socket: 'refused' });
    expect(await texts(browser, path)).toEqual(['before']);
  });
});

it('the page itself does with its cookie what the others could not', async () => {
  const { browser, path } = await victim();
  const page = await browser.newPage();
  await page.goto(stage.server.origin);
  const status = await page.evaluate(async (url) => {
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body: '{"text":"mine"}' })).status;
  }, `/api${path}/messages/`);
  expect(status).toBe(201);
  expect(await texts(browser, path)).toEqual(['mine', 'before']);
});
