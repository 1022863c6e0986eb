// node client/examples/echo-bot.mjs [origin] [user id]: answers every message that the user gets, until it is ended.
// On a server with accounts the variable PARLEY_TOKEN is a personal access token with `write`; its user answers.
import { createClient, watch } from '@parley/client';
import { WebSocket } from 'ws';

const [origin = 'http://127.0.0.1:8000', id = '2'] = process.argv.slice(2);
const token = process.env.PARLEY_TOKEN;
const headers = token ? { Authorization: `Bearer ${token}` } : {};
const userId = token ? await userOfToken() : Number(id);
const client = createClient({
  userId,
  url: `${origin.replace('http', 'ws')}/ws/${token ? '' : `?active_user=${userId}`}`,
  // Node 20 has no WebSocket of its own, and those of browsers cannot send headers.
  transport: (url) => new WebSocket(url, { headers }),
});

watch(client, {
  message({ room_id, seq, sender, text }) {
    if (sender.id === userId) return;
    client.markRead(room_id, seq);
    client.send(room_id, `You said: ${text}`);
  },
});
client.connect();

const stop = client.subscribe(({ ready }) => {
  if (!ready) return;
  stop();
  process.stdout.write(`User ${userId} answers.\n`);
});

async function userOfToken() {
  const { user } = await (await fetch(`${origin}/api/auth/`, { headers })).json();
  if (user) return user.id;
  process.stderr.write('The token is not valid, or not any more.\n');
  process.exit(1);
}
