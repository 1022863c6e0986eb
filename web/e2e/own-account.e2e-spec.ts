import { readFileSync } from 'node:fs';
import { Account, ACCOUNTS, choose, hasFocus, PASSWORD, signIn, signInPage } from './support/account';
import { violations } from './support/axe';
import { shown, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

let alice: Account;
let bob: Account;
let hers: ChatWindow;
let his: ChatWindow;

const stage = setUpStage(ACCOUNTS);
beforeEach(async () => {
  [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
  const path = await alice.chatWith(bob);
  const { origin } = stage.server;
  const accepted = await (
    await bob.browser()
  ).request.post(`${origin}/api${path}/accept/`, { headers: { origin } });
  expect(accepted.ok()).toBe(true);
  [hers, his] = await Promise.all([alice.window(path), bob.window(path)]);
});

it('the profile gives the user another name, at once for the other, who types in the chat', async () => {
  await his.page.getByRole('textbox', { name: 'Message' }).fill('half a');
  await choose(hers, alice, 'Profile');
  const field = hers.page.getByLabel('Name');
  expect(await violations(hers.page)).toEqual([]);
  expect(await field.inputValue()).toBe(alice.user.username);
  expect(await hasFocus(hers, '#profile-name')).toBe(true);
  await field.fill(' ');
  await hers.page.keyboard.press('Enter');
  await shown(hers.page.getByText('Fill in this field.'));
  await field.fill('Älice <b>Ω</b>');
  await hers.page.keyboard.press('Enter');
  await shown(hers.page.getByText('Your name is changed.'));
  await shown(hers.page.getByRole('button', { name: 'Älice <b>Ω</b>', exact: true }));
  await shown(his.page.getByRole('heading', { name: 'Älice <b>Ω</b>' }));
  expect(await his.page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('half a');
  expect(await hers.page.getByRole('dialog').count()).toBe(0);
});

it('the export is saved as one archive, by one click', async () => {
  await choose(hers, alice, 'Export my data');
  await shown(hers.page.getByText('It is not encrypted'));
  expect(await violations(hers.page)).toEqual([]);
  const [download] = await Promise.all([
    hers.page.waitForEvent('download'),
    hers.page.getByRole('button', { name: 'Export my data' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^parley-export-[\d-]+\.zip$/);
  const archive = readFileSync(await download.path());
  // A complete one ends with its list of files.
  expect(archive.subarray(-22, -18).toString('latin1')).toBe('PK\x05\x06');
  await shown(hers.page.getByText('The archive is complete.'));
});

it('the export shows how far it is, and can be stopped', async () => {
  await hers.page.route('**/api/me/export/', async (route) => {
    if (route.request().method() === 'POST') return;
    await route.fulfill({ json: { running: true, messages: 300, total: 1_000 } });
  });
  await choose(hers, alice, 'Export my data');
  await hers.page.getByRole('button', { name: 'Export my data' }).click();
  await shown(hers.page.getByText('300 of 1000 messages'));
  const bar = hers.page.getByRole('progressbar', { name: 'Exporting…' });
  expect(await bar.getAttribute('value')).toBe('300');
  expect(await violations(hers.page)).toEqual([]);
  await hers.page.getByRole('button', { name: 'Stop' }).click();
  await shown(hers.page.getByRole('button', { name: 'Export my data' }));
});

it('deleting the account says what goes, removes it, and shows the other why nobody can write', async () => {
  await hers.send('Secret of alice');
  await shown(his.message('Secret of alice'));
  await his.send('Mine');
  await shown(hers.message('Mine'));
  await his.page.getByRole('textbox', { name: 'Message' }).fill('a draft');
  await choose(hers, alice, 'Delete account');
  await shown(hers.page.getByText('This cannot be undone.'));
  await hers.page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(hers.page)).toEqual([]);
  const keep = hers.page.getByRole('radio', { name: 'Keep the texts' });
  expect(await keep.isChecked()).toBe(true);
  await hers.page.getByRole('button', { name: 'Delete my account' }).click();
  await shown(hers.page.getByText('Fill in this field.'));
  const password = hers.page.getByLabel('Password', { exact: true });
  await password.fill('not my password');
  await hers.page.keyboard.press('Enter');
  await shown(hers.page.getByText('This is not your password.'));
  // By keyboard: the radio buttons, then the password.
  await keep.focus();
  await hers.page.keyboard.press('ArrowDown');
  expect(await hers.page.getByRole('radio', { name: 'Remove the texts' }).isChecked()).toBe(true);
  await password.fill(PASSWORD);
  await hers.page.keyboard.press('Enter');
  await signInPage(hers);
  await shown(hers.page.getByText('Your account is deleted.'));
  expect(await hers.page.getByText('You have been signed out').count()).toBe(0);
  const stored = await hers.page.evaluate(() => Object.keys(localStorage));
  expect(stored.filter((key) => key.includes(`-${String(alice.user.id)}`))).toEqual([]);

  await shown(his.page.getByRole('heading', { name: 'Deleted account' }));
  await shown(his.page.getByText('The other person has deleted their account.'));
  expect(await his.page.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
  await shown(his.page.getByRole('log').getByText('Message deleted').nth(1));
  await shown(his.message('Mine'));
  const entry = his.page.getByRole('link', { name: /^Deleted account/ });
  await shown(entry.getByText('Mine'));
  expect(await his.page.getByText('Secret of alice').count()).toBe(0);
  expect(await violations(his.page)).toEqual([]);
  expect(await his.page.getByText(alice.user.username).count()).toBe(0);
  await his.page.reload();
  await shown(his.page.getByText('The other person has deleted their account.'));

  await signIn(hers, alice.user.username);
  await shown(hers.page.getByText('The username or the password is wrong.'));
});
