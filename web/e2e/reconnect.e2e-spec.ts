import type { Room, User } from '@parley/shared';
import { setUpStage } from './support/stage';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';

function banner(window: ChatWindow) {
  return window.page.getByText(/^Reconnecting…/);
}

describe('reconnect', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let his: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;

  beforeEach(async () => {
    await server.up();
    ({ alice, bob, room } = await stage.pair());
    hers = await stage.roomWindow(room, alice);
    his = await stage.roomWindow(room, bob);
    await Promise.all([shown(hers.log(bob)), shown(his.log(alice))]);
    await hers.send('Before');
    await shown(his.message('Before'));
    await Promise.all([hers.secondLoad(), his.secondLoad()]);
  });

  it('says after two seconds that it reconnects, and comes back by itself after a kill', async () => {
    await server.kill('SIGKILL');
    await hers.page.waitForTimeout(1_000);
    expect(await banner(hers).count()).toBe(0);
    await shown(banner(hers));
    await server.up();
    await banner(hers).waitFor({ state: 'hidden', timeout: 25_000 });
    await his.send('Back again');
    await shown(hers.message('Back again'), 25_000);
  });

  it('comes back after a graceful restart too', async () => {
    await server.kill('SIGTERM');
    await server.up();
    await hers.send('After the restart');
    await shown(his.message('After the restart'), 25_000);
    await shown(hers.message('After the restart').getByText('Read'), 25_000);
  });

  it('takes the longest text from the server that it reconnects to', async () => {
    await server.kill('SIGTERM');
    await server.up({ TEXT_MAX_LENGTH: '300' });
    await hers.field.fill('x'.repeat(301));
    await shown(hers.page.getByText('301 / 300: too long to be sent'), 25_000);
    // The next test starts the server with its defaults.
    await server.kill('SIGTERM');
  });

  it('sends what was typed meanwhile, once and in order, and says that it waits', async () => {
    await server.kill('SIGKILL');
    await hers.send('Typed offline 1');
    await hers.send('Typed offline 2');
    await shown(hers.message('Typed offline 1').getByText('Sending'));
    await shown(hers.page.getByText('Reconnecting… 2 messages waiting'));
    await server.up();
    await shown(his.message('Typed offline 2'), 30_000);
    await shown(hers.message('Typed offline 2').getByText('Read'), 30_000);
    const expected = ['Before', 'Typed offline 1', 'Typed offline 2'];
    expect(await server.texts(room, alice)).toEqual(expected);
    expect(await hers.texts()).toEqual(expected);
    expect(await his.texts()).toEqual(expected);
  });

  it('keeps what was typed over a closed window, and sends it once from the next one', async () => {
    await server.kill('SIGKILL');
    await hers.send('Survives');
    await shown(hers.message('Survives').getByText('Sending'));
    await hers.page.close();
    await server.up();
    const next = await stage.windowIn(hers.page.context(), roomPath(room, alice));
    await shown(next.message('Survives').getByText(/Sent|Delivered|Read/));
    await shown(his.message('Survives'), 25_000);
    expect(await server.texts(room, alice)).toEqual(['Before', 'Survives']);
  });

  it('sends once what two windows of one browser both know of', async () => {
    const second = await stage.windowIn(hers.page.context(), roomPath(room, alice));
    await shown(second.log(bob));
    await server.kill('SIGKILL');
    await hers.send('From one of two');
    await server.up();
    await shown(his.message('From one of two'), 25_000);
    await shown(second.message('From one of two'), 25_000);
    await hers.page.waitForTimeout(500);
    expect(await server.texts(room, alice)).toEqual(['Before', 'From one of two']);
    expect(await second.texts()).toEqual(['Before', 'From one of two']);
  });

  it('shows the same after a reload', async () => {
    await his.send('Answer');
    await shown(hers.message('Answer'));
    await hers.page.reload();
    await shown(hers.message('Answer'));
    await shown(hers.message('Before').getByText('Read'));
    expect(await hers.texts()).toEqual(['Before', 'Answer']);
  });

  it('catches up with what happened while it was away', async () => {
    await hers.page.context().setOffline(true);
    await server.kill('SIGKILL');
    await server.up();
    for (let n = 1; n <= 5; n++) await server.send(room, bob, `Missed ${n}`);
    await hers.page.context().setOffline(false);
    await shown(hers.message('Missed 5'), 25_000);
    expect(await hers.texts()).toEqual([
      'Before',
      'Missed 1',
      'Missed 2',
      'Missed 3',
      'Missed 4',
      'Missed 5',
    ]);
    await until(async () => (await his.texts()).length === 6, 'both show the same', 25_000);
  });
});
