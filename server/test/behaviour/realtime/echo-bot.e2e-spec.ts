import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountTools } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';

const ROOT = join(__dirname, '../../../..');
const BOT = join(ROOT, 'client/examples/echo-bot.mjs');

let parley: Parley;
let bot: ChildProcess | undefined;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(async () => {
  bot?.kill();
  await parley.stop();
});

describe('The example bot of the client package', () => {
  it('answers each message once and marks it as read when a user writes to it', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    bot = spawn(process.execPath, [BOT, parley.origin, String(b.id)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(bot.stdout!, 'data');
    for (const text of ['one', 'two']) {
      await socket.ask({ type: 'message', room_id: room.id, text });
      await socket.next('message', ({ message }) => message.text === `You said: ${text}`);
    }
    await socket.next('read', ({ user_id, seq }) => user_id === b.id && seq >= 2);
    expect((await parley.history(room.id)).map(({ text }) => text).toSorted()).toEqual([
      'You said: one',
      'You said: two',
      'one',
      'two',
    ]);
  });
});

describe('The example bot with an access token', () => {
  it('answers as the user of the token, and ends when the token is not valid', async () => {
    const accounts = await Parley.start({ AUTH_MODE: 'accounts' });
    const { newPerson, accessToken, roomOf, open } = accountTools(() => accounts);
    const start = (PARLEY_TOKEN: string) =>
      spawn(process.execPath, [BOT, accounts.origin], {
        env: { ...process.env, PARLEY_TOKEN },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const tokenBot = start((await accessToken(b)).token);
    try {
      await once(tokenBot.stdout, 'data');
      const socket = await open(a.token);
      await socket.ask({ type: 'message', room_id: room.id, text: 'one' });
      const { message } = await socket.next('message');
      expect([message.sender.id, message.text]).toEqual([b.user.id, 'You said: one']);
      expect(await once(start('A'.repeat(43)), 'exit')).toEqual([1, null]);
    } finally {
      tokenBot.kill();
      await accounts.stop();
    }
  });
});

describe('The bot in the README of the client package', () => {
  it('answers a message when a user writes to it', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const [, code = ''] = /```js\n(.*?)```/s.exec(readFileSync(join(ROOT, 'client/README.md'), 'utf8')) ?? [];
    const here = code
      .replace('userId = 2', `userId = ${b.id}`)
      .replace('ws://127.0.0.1:8000', parley.origin.replace('http', 'ws'));
    // As a module in the folder of the repository, as the README says.
    const readmeBot = spawn(process.execPath, ['--input-type=module', '-e', here], {
      cwd: ROOT,
      stdio: 'inherit',
    });
    // Messages before the bot's first list of rooms get no answer.
    const send = () => void socket.ask({ type: 'message', room_id: room.id, text: 'hello' });
    const timer = setInterval(send, 500);
    try {
      await socket.next('message', ({ message }) => message.text === 'You said: hello');
    } finally {
      clearInterval(timer);
      readmeBot.kill();
    }
  });
});
