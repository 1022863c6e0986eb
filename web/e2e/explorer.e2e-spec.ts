import type { Locator, Page } from 'playwright-core';
import { Account, ACCOUNTS, PASSWORD } from './support/account';
import { setUpStage } from './support/stage';

let page: Page;

/** Opens the panel of a call. */
async function open(operationId: string): Promise<Locator> {
  const panel = page.locator(`.opblock[id$="-${operationId}"]`);
  await panel.locator('.opblock-summary-control').click();
  await panel.getByRole('button', { name: 'Execute' }).waitFor();
  return panel;
}

/** Presses Execute, and waits for the status of the answer. */
async function execute(panel: Locator): Promise<number> {
  await panel.getByRole('button', { name: 'Execute' }).click();
  const status = panel.locator('.live-responses-table tr.response .response-col_status');
  await status.filter({ hasText: /\d{3}/ }).waitFor();
  return parseInt((await status.innerText()).trim(), 10);
}

/** Presses Execute, and expects success. A failure shows what was sent and answered. */
async function expectSuccess(panel: Locator, expected: number): Promise<void> {
  const status = await execute(panel);
  if (status === expected) return;
  const texts = await panel.locator('.curl, .live-responses-table .highlight-code code').allInnerTexts();
  throw new Error(`Answered ${status}, not ${expected}:\n${texts.join('\n')}`);
}

/** The body of the last answer of a call. */
const answerOf = async (panel: Locator) =>
  JSON.parse(await panel.locator('.live-responses-table .highlight-code code').first().innerText()) as Record<
    string,
    unknown
  >;

describe('the explorer', () => {
  const stage = setUpStage();
  beforeEach(async () => {
    page = (await stage.window('/api/docs')).page;
    await page.locator('.opblock').first().waitFor();
  });

  it('answers the first Execute of every call with success, as it stands', async () => {
    const { room, bob } = await stage.pair();
    await stage.server.send(room, bob, 'there is a message');
    await page.reload();
    await page.locator('.opblock').first().waitFor();
    const found = await page.locator('.opblock').evaluateAll((panels) => panels.map(({ id }) => id));
    expect(found.length).toBeGreaterThan(8);
    // A file or a picture takes an upload first, by a protocol of its own, and a subscription is removed by an id that is new each
    // time; what is deleted nobody can change any more.
    const [deletion, ...others] = found
      .filter((id) => !/-Attachments-|-(setAvatar|getAvatar|deletePushSubscription)$/.test(id))
      .toSorted((x, y) => Number(y.endsWith('-deleteMessage')) - Number(x.endsWith('-deleteMessage')));
    const ids = [...others, deletion!];
    const statuses: Record<string, number> = {};
    for (const id of ids) {
      const operationId = id.split('-').at(-1)!;
      const panel = await open(operationId);
      statuses[operationId] = await execute(panel);
      await panel.locator('.opblock-summary-control').click();
    }
    expect(Object.entries(statuses).filter(([, status]) => ![200, 201, 204].includes(status))).toEqual([]);
    expect(statuses).toMatchObject({
      createUser: 201,
      sendMessage: 201,
      markMessageRead: 200,
      deleteMessage: 204,
    });

    // Also for the next person who tries: nothing is taken or used up.
    await page.reload();
    await expectSuccess(await open('createUser'), 201);
    await expectSuccess(await open('sendMessage'), 201);
  }, 120_000);

  it('sends a changed message as it was typed', async () => {
    const { room, bob } = await stage.pair();
    await stage.server.send(room, bob, 'first');
    await page.reload();
    const panel = await open('sendMessage');
    expect(await execute(panel)).toBe(201);
    const body = panel.locator('textarea.body-param__text');
    await body.fill((await body.inputValue()).replace(/"text": "[^"]*"/, '"text": "typed by hand"'));
    expect(await execute(panel)).toBe(201);
    expect(await stage.server.texts(room, bob)).toEqual(['first', 'Hello bob', 'typed by hand']);
  });

  it('shows the calls for chatting first, and those for operators last', async () => {
    const tags = await page
      .locator('.opblock-tag')
      .evaluateAll((found) => found.map((tag) => tag.dataset.tag));
    expect(tags).toEqual(['Users', 'Rooms', 'Messages', 'Attachments', 'Operations']);
  });
});

describe('the explorer with accounts', () => {
  const stage = setUpStage(ACCOUNTS);

  it('acts by the cookie, by an access token with its scopes, and logs in', async () => {
    const [alice, bob] = [await Account.create(stage, 'alice'), await Account.create(stage, 'bob')];
    await bob.chatWith(alice);
    const window = await alice.window('/api/docs');
    ({ page } = window);
    await page.locator('.opblock').first().waitFor();
    expect(await execute(await open('listRooms'))).toBe(200);
    expect(await execute(await open('listAccessTokens'))).toBe(200);
    const creation = await open('createAccessToken');
    await creation
      .locator('textarea.body-param__text')
      .fill(JSON.stringify({ name: 'Explorer', scopes: ['read'] }));
    expect(await execute(creation)).toBe(201);
    const { token } = await answerOf(creation);

    // The token comes before the cookie.
    await page.locator('.btn.authorize').first().click();
    const dialog = page.locator('.dialog-ux');
    await dialog.getByLabel('auth-bearer-value').fill(String(token));
    await dialog.getByRole('button', { name: 'Apply credentials' }).last().click();
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    expect(await execute(page.locator('.opblock[id$="-listRooms"]'))).toBe(200);
    const list = page.locator('.opblock[id$="-listAccessTokens"]');
    expect(await execute(list)).toBe(403);
    expect(await answerOf(list)).toMatchObject({ code: 'forbidden' });
    const opening = await open('createRoom');
    await opening.locator('textarea.body-param__text').fill(JSON.stringify({ user_id: bob.user.id }));
    expect(await execute(opening)).toBe(403);

    // Logging in changes the cookie, which counts again without the token.
    await page.reload();
    await page.locator('.opblock').first().waitFor();
    const login = await open('logIn');
    await login
      .locator('textarea.body-param__text')
      .fill(JSON.stringify({ username: bob.user.username, password: PASSWORD }));
    expect(await execute(login)).toBe(200);
    const info = await open('getAuth');
    expect(await execute(info)).toBe(200);
    expect(await answerOf(info)).toMatchObject({ user: { id: bob.user.id } });
  }, 120_000);
});
