// node client/examples/echo-bot.mjs [origin] [user id]: answers every message that the user gets, until it is ended.
import { createClient, watch } from '@parley/client';
import { WebSocket } from 'ws';

const [origin = 'http://127.0.0.1:8000', id = '2'] = process.argv.slice(2);
const userId = Number(id);
const client = createClient({
  userId,
  url: `${origin.replace('http', 'ws')}/ws/?active_user=${userId}`,
  // Node 20 has no WebSocket of its own.
  transport: (url) => new WebSocket(url),
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
