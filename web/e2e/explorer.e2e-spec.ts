import type { Locator, Page } from 'playwright-core';
import { setUpStage, type Stage } from './support/stage';

let stage: Stage;
let page: Page;
setUpStage((opened) => {
  stage = opened;
});
beforeEach(async () => {
  page = (await stage.window('/api/docs')).page;
  await page.locator('.opblock').first().waitFor();
});

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

describe('the explorer', () => {
  it('answers the first Execute of every call with success, as it stands', async () => {
    const { room, bob } = await stage.pair();
    await stage.server.send(room, bob, 'there is a message');
    await page.reload();
    await page.locator('.opblock').first().waitFor();
    const ids = await page.locator('.opblock').evaluateAll((panels) => panels.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(8);
    const statuses: Record<string, number> = {};
    for (const id of ids) {
      const operationId = id.split('-').at(-1)!;
      const panel = await open(operationId);
      statuses[operationId] = await execute(panel);
      await panel.locator('.opblock-summary-control').click();
    }
    expect(Object.entries(statuses).filter(([, status]) => status !== 200 && status !== 201)).toEqual([]);
    expect(statuses).toMatchObject({ createUser: 201, sendMessage: 201, markMessageRead: 200 });

    // Also for the next person who tries: nothing is taken or used up.
    await page.reload();
    expect(await execute(await open('createUser'))).toBe(201);
    expect(await execute(await open('sendMessage'))).toBe(201);
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
    expect(tags).toEqual(['Users', 'Rooms', 'Messages', 'Operations']);
  });
});
