import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { Account, ACCOUNTS, signIn } from './support/account';
import { shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

interface Manifest {
  icons: { src: string; sizes: string; purpose?: string }[];
  shortcuts: { name: string; url: string }[];
  share_target: { action: string };
}

describe('the page as an app', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, bob, 'Hello');
  });

  it('can be installed, by what Chromium says', async () => {
    hers = await stage.windowIn(await stage.context({ isInstalled: true }), `/?as=${alice.username}`);
    await shown(hers.entry(bob));
    const devtools = await hers.page.context().newCDPSession(hers.page);
    const { errors } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // The windows of tests are private ones.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  });

  it('has icons of the sizes that they say, one of them maskable, and all paths of the manifest', async () => {
    const manifest = (await (await fetch(`${server.origin}/manifest.webmanifest`)).json()) as Manifest;
    hers = await stage.window(`/?as=${alice.username}`);
    for (const { src, sizes } of manifest.icons) {
      const size = await hers.page.evaluate(async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
      if (sizes !== 'any') expect([src, size]).toEqual([src, sizes]);
    }
    expect(manifest.icons.filter(({ purpose }) => purpose === 'maskable')).toHaveLength(1);
    for (const path of [manifest.share_target.action, ...manifest.shortcuts.map(({ url }) => url)])
      expect([path, (await fetch(server.origin + path)).status]).toEqual([path, 200]);
  });

  it('opens a new chat, or the search, from the menu of its icon, once', async () => {
    hers = await stage.window(`/?as=${alice.username}&action=newChat`);
    const dialog = hers.page.getByRole('dialog', { name: 'New chat' });
    await shown(dialog);
    await hers.page.reload();
    await shown(hers.entry(bob));
    await hers.secondLoad();
    expect(await dialog.count()).toBe(0);
    await hers.goto(`/?as=${alice.username}&action=search`);
    await shown(hers.page.getByRole('searchbox').first());
  });

  it('takes what another app shares as a draft of the chat that the user chooses', async () => {
    const shared = new URLSearchParams({
      title: 'A page',
      text: 'Look at this',
      url: 'https://example.com/',
    });
    hers = await stage.window(`/share?as=${alice.username}&${shared}`);
    const dialog = hers.page.getByRole('dialog', { name: 'Share with' });
    await shown(dialog);
    expect(await violations(hers.page)).toEqual([]);
    await dialog.getByRole('button', { name: bob.username }).click();
    await until(
      async () => (await hers.field.inputValue()) === 'A page\nLook at this\nhttps://example.com/',
      'it is the draft',
    );
    expect(await server.texts(room, alice)).toEqual(['Hello']);
  });
});

describe('the page of an account as an app', () => {
  const stage = setUpStage(ACCOUNTS);

  it('keeps what is shared until the user has signed in', async () => {
    const [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
    await alice.chatWith(bob);
    const hers = await stage.window('/share?text=Look');
    await signIn(hers, alice.user.username);
    const dialog = hers.page.getByRole('dialog', { name: 'Share with' });
    await dialog.getByRole('button', { name: bob.user.username }).click();
    await until(async () => (await hers.field.inputValue()) === 'Look', 'it is the draft');
  });
});
