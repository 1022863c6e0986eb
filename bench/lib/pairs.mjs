import { randomUUID } from 'node:crypto';
import { open } from './crowd.mjs';

const TEXT = 'x'.repeat(100);

/** Connects both users of every room; `a` sends, `b` receives, on another server if there is one. */
export async function connectPairs(port, rooms, receiverPort = port) {
  const pairs = [];
  for (const room of rooms) {
    pairs.push({ room, sender: await open(port, room.a), receiver: await open(receiverPort, room.b) });
  }
  return pairs;
}

export function disconnect(pairs) {
  for (const { sender, receiver } of pairs) {
    sender.terminate();
    receiver.terminate();
  }
}

/**
 * Every pair keeps `window` messages in flight for `seconds`. A message counts when its sender has the ack and its
 * receiver the message.
 * @param load `withClientId`: each message has one; `confirm`: the receiver says of each that it was delivered.
 * @returns how many were delivered.
 */
export function saturate(pairs, window, seconds, { withClientId = true, confirm = false } = {}) {
  return new Promise((resolve) => {
    const until = Date.now() + seconds * 1_000;
    let acked = 0;
    let received = 0;
    let pending = 0;
    const finish = () => {
      if (pending > 0 || received < acked) return;
      for (const { sender, receiver } of pairs) {
        sender.removeAllListeners('message');
        receiver.removeAllListeners('message');
      }
      resolve(received);
    };
    for (const { room, sender, receiver } of pairs) {
      let ref = 0;
      const send = () => {
        pending++;
        const clientId = withClientId ? `,"client_id":"${randomUUID()}"` : '';
        sender.send(`{"type":"message","room_id":${room.id},"text":"${TEXT}"${clientId},"ref":${++ref}}`);
      };
      sender.on('message', (data) => {
        if (!data.subarray(0, ACK.length).equals(ACK)) return;
        acked++;
        pending--;
        if (Date.now() < until) send();
        else finish();
      });
      receiver.on('message', (data) => {
        if (!data.subarray(0, MESSAGE.length).equals(MESSAGE)) return;
        received++;
        if (confirm) receiver.send(`{"type":"delivered","room_id":${room.id},"seq":${seqOf(data)}}`);
        if (Date.now() >= until) finish();
      });
      for (let i = 0; i < window; i++) send();
    }
  });
}

const ACK = Buffer.from('{"type":"ack"');
const MESSAGE = Buffer.from('{"type":"message"');

/** Without parsing all of it: the load generator is to cost little. */
function seqOf(data) {
  const at = data.indexOf(SEQ) + SEQ.length;
  return Number.parseInt(data.toString('latin1', at, at + 12), 10);
}

const SEQ = Buffer.from('"seq":');
