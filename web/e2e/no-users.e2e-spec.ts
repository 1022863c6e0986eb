import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { violations } from './support/axe';
import { setUpStage } from './support/stage';
import { shown, until } from './support/chat-window';

const MIGRATE = join(__dirname, '../../server/dist/migrate.js');

describe('a database without users', () => {
  let databaseUrl: string;
  beforeAll(async () => {
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query('CREATE DATABASE no_users TEMPLATE template0');
    await client.end();
    url.pathname = '/no_users';
    databaseUrl = url.href;
    // In production there are no example users.
    const env = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      NODE_ENV: 'production',
      AUTH_MODE: 'simulation',
    };
    execFileSync(process.execPath, [MIGRATE], { env });
  });
  const stage = setUpStage(() => ({ DATABASE_URL: databaseUrl }));

  it('is said by the page, which creates the first user and acts as that user', async () => {
    const window = await stage.window('/');
    await shown(window.page.getByText('There are no users yet'));
    expect(await violations(window.page)).toEqual([]);
    const username = window.page.getByRole('textbox', { name: 'Username' });
    await username.fill('-frida');
    await username.press('Enter');
    await shown(window.page.getByRole('alert').getByText('A name begins with a letter or digit'));
    await username.fill('frida');
    await window.page.getByRole('button', { name: 'Create the first user' }).click();
    await until(() => window.isActingAs('frida'), 'acting as frida');
    expect(new URL(window.page.url()).search).toBe('?as=frida');
    // Nobody is left out of the list.
    const actingAs = await window.openActingAs();
    expect(await actingAs.getByRole('option').allTextContents()).toEqual(['frida']);
    await window.page.keyboard.press('Escape');
    await window.page.getByRole('button', { name: 'New chat' }).click();
    await shown(window.page.getByRole('dialog').getByText('There is nobody else yet.'));
    expect(window.complaints).toEqual([]);
  });
});
