import { Account, ACCOUNTS, createInvite, newUsername, register, signIn } from './support/account';
import { shown, until } from './support/chat-window';
import { setUpStage } from './support/stage';

describe('a server that limits attempts to log in', () => {
  const stage = setUpStage({ ...ACCOUNTS, RATE_LIMIT: 'on' });

  it('says when to try again', async () => {
    const alice = await Account.create(stage, 'alice');
    const hers = await stage.window('/');
    const wait = hers.page.getByText(/^Too many attempts\. Try again in \d+ \w+\.$/);
    await until(
      async () => {
        const answered = hers.page.waitForResponse('**/api/auth/login/');
        await signIn(hers, alice.user.username, 'not my password');
        await answered;
        await hers.page.waitForTimeout(50);
        return wait.isVisible();
      },
      'the limit is reached',
      40_000,
    );
  });
});

describe('a server where an account needs an invite', () => {
  const stage = setUpStage({ ...ACCOUNTS, REGISTRATION: 'invite' });

  it('says so, and lets people with an invite register', async () => {
    const hers = await stage.window('/');
    await shown(hers.page.getByText('An invite link lets you create an account.'));
    expect(await hers.page.getByRole('link', { name: 'Create an account' }).count()).toBe(0);
    await hers.goto('/register');
    await shown(hers.page.getByText('An account on this server needs an invite link.'));
    await hers.goto('/register#invite=not-an-invite');
    await hers.page.reload();
    await register(hers, newUsername('frida'));
    await shown(hers.page.getByText('This invite is not valid any more.'));
    await hers.goto(`/register#invite=${createInvite()}`);
    await shown(hers.page.getByText('You are invited to Parley.'));
    await register(hers, newUsername('frida'));
    await shown(hers.page.getByText('No chats yet'));
    expect(new URL(hers.page.url()).hash).toBe('');
  });
});
