import type { Room, ServerFrame, User } from '@parley/shared';
import { Line } from './support/line';
import { setUpStage } from './support/stage';
import { holdSecondLoad } from './support/first-load';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';

describe('a bad line', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let line: Line;
  let hers: ChatWindow;

  const stage = setUpStage({ HEARTBEAT_SECONDS: '2', PRESENCE_TTL_SECONDS: '10', RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    const context = await stage.context();
    line = await Line.of(context);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.log(bob));
    await line.connected();
    await hers.secondLoad();
  });

  const sentMessages = () => line.sent.filter(({ type }) => type === 'message');

  it('sends the same message again when its ack is lost, and there is one of it', async () => {
    let lost = 0;
    line.onServerFrame = (frame) =>
      frame.type === 'ack' && 'message' in frame && lost++ === 0 ? [] : [frame];
    await hers.send('Once');
    await shown(hers.message('Once').getByText('Sending'));
    await shown(hers.message('Once').getByText('Sent'));
    expect(await server.texts(room, alice)).toEqual(['Once']);
    expect(await hers.texts()).toEqual(['Once']);
    const ids = sentMessages().map((frame) => frame.type === 'message' && frame.client_id);
    expect(new Set(ids).size).toBe(1);
  });

  it('shows each message once and in order when frames come twice and in the wrong order', async () => {
    const late: ServerFrame[] = [];
    line.onServerFrame = (frame) => {
      if (frame.type !== 'message') return [frame];
      late.push(frame);
      if (late.length < 3) return [];
      return late
        .splice(0)
        .toReversed()
        .flatMap((held) => [held, held]);
    };
    for (let n = 1; n <= 9; n++) await server.send(room, bob, `Frame ${n}`);
    await shown(hers.message('Frame 9'));
    expect(await hers.texts()).toEqual(Array.from({ length: 9 }, (_, index) => `Frame ${index + 1}`));
  });

  it('notices a lost frame by the next one and fetches it', async () => {
    let lost = 0;
    line.onServerFrame = (frame) => (frame.type === 'message' && lost++ === 0 ? [] : [frame]);
    await server.send(room, bob, 'Lost');
    await server.send(room, bob, 'Not lost');
    await shown(hers.message('Lost'), 1_500);
    expect(await hers.texts()).toEqual(['Lost', 'Not lost']);
  });

  it('finds the very last message, lost without a trace, with the next heartbeat', async () => {
    line.onServerFrame = (frame) => (frame.type === 'message' ? [] : [frame]);
    await server.send(room, bob, 'The last one');
    await shown(hers.message('The last one'), 4_000);
    await shown(hers.entry(bob).getByText('The last one'));
  });

  it('starts over from the newest page when too much has happened', async () => {
    await line.cut();
    for (let n = 1; n <= 320; n++) await server.send(room, bob, `While away ${n}`);
    line.mend();
    await shown(hers.message('While away 320'), 25_000);
    const numbers = (await hers.texts()).map((text) => Number(text.split(' ').at(-1)));
    expect(numbers).toEqual(numbers.map((_, index) => 321 - numbers.length + index));
  }, 120_000);

  it('shows what the server refuses, and sends or discards it on request', async () => {
    let refusals = 0;
    line.onServerFrame = (frame) => {
      if (frame.type !== 'ack' || refusals > 2) return [frame];
      // The heartbeat's answer would bring the stored message.
      if ('rooms' in frame) return [{ ...frame, rooms: [] }];
      if (!('message' in frame) || ++refusals > 2) return [frame];
      return [{ type: 'error', ref: frame.ref, code: 'forbidden', message: 'No.' }];
    };
    // What is refused here was stored: so this is also the proof that trying again makes no second one.
    await hers.send('Refused');
    await shown(hers.message('Refused').getByText('Not sent'));
    await shown(hers.entry(bob).getByText('Not sent'));
    expect(await hers.entry(bob).innerText()).not.toContain('Refused');
    await shown(hers.page.getByText('You may not write here.'));
    await hers.page.getByRole('button', { name: 'Retry' }).click();
    await hers.message('Refused').getByText('Not sent').waitFor({ state: 'visible' });
    await hers.page.getByRole('button', { name: 'Retry' }).click();
    await shown(hers.message('Refused').getByText('Sent', { exact: true }));
    expect(await server.texts(room, alice)).toEqual(['Refused']);
  });

  it('discards what is not wanted any more', async () => {
    line.onServerFrame = (frame) => {
      if (frame.type === 'ack' && 'message' in frame) {
        return [{ type: 'error', ref: frame.ref, code: 'too_long', message: 'No.' }];
      }
      return frame.type === 'ack' && 'rooms' in frame ? [{ ...frame, rooms: [] }] : [frame];
    };
    await hers.send('Never mind');
    await shown(hers.page.getByText('It is too long.'));
    await hers.page.getByRole('button', { name: 'Discard' }).click();
    await hers.message('Never mind').waitFor({ state: 'hidden' });
    expect(await hers.entry(bob).getByText('Not sent').count()).toBe(0);
  });

  it('keeps saying that it reconnects through all attempts, and tries at once when asked', async () => {
    await line.cut();
    const banner = hers.page.getByText(/^Reconnecting…/);
    await shown(banner);
    for (let n = 0; n < 30; n++) {
      expect(await banner.isVisible()).toBe(true);
      await hers.page.waitForTimeout(100);
    }
    line.mend();
    // The page may be faster: then there is no such button any more.
    const clicked = hers.page.getByRole('button', { name: 'Try now' }).click();
    await Promise.any([clicked, banner.waitFor({ state: 'hidden', timeout: 20_000 })]);
    await banner.waitFor({ state: 'hidden', timeout: 2_000 });
  });

  it('says that it reconnects also when the line was cut before the code that says so was there', async () => {
    const context = await stage.context();
    const own = await Line.of(context);
    const release = await holdSecondLoad(context);
    const second = await stage.windowIn(context, roomPath(room, alice));
    await own.connected();
    await own.cut();
    release();
    await shown(second.page.getByText(/^Reconnecting…/));
  });

  it('gives up a line that is dead without saying so', async () => {
    line.onServerFrame = () => [];
    const before = hers.sockets.opened;
    await until(() => hers.sockets.opened > before, 'a new socket', 20_000);
  });

  it('takes no notice of frames that it does not know', async () => {
    const strange = JSON.parse('{"type":"hologram","depth":3}') as ServerFrame;
    line.onServerFrame = (frame) => [strange, frame];
    await server.send(room, bob, 'Still here');
    await shown(hers.message('Still here'));
    expect(hers.complaints).toEqual([]);
  });
});
