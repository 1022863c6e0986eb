// An attacker in a process of its own, so that its work is not the server's or the test's: raw sockets that send one
// frame again and again. Says on its output what became of them, one JSON object a line.
import { connect } from 'node:net';
import { setPriority } from 'node:os';

/**
 * @typedef {object} Attack
 * @property {number} port
 * @property {string} path of the handshake
 * @property {number} sockets
 * @property {number} opcode of the frame: 1 text, 2 binary, 9 ping, 10 pong
 * @property {string} payload
 * @property {number} perSecond frames a second on each socket; 0: as fast as the connection takes them
 * @property {number} total frames on each socket, then it stays open
 * @property {boolean} reads whether it reads what the server sends
 */

/** @type {Attack} */
const attack = JSON.parse(process.argv[2]);
setPriority(19);

const frame = maskedFrame(attack.opcode, Buffer.from(attack.payload));
/** Frames in one write when there is no pace. */
const BATCH = Math.max(1, Math.floor(65_536 / frame.length));
const TICK_MS = 10;

const startedAt = performance.now();
for (let n = 0; n < attack.sockets; n++) open();

function open() {
  let sent = 0;
  let isUpgraded = false;
  let owed = 0;
  let timer;
  const socket = connect(attack.port, '127.0.0.1', () => {
    socket.write(
      `GET ${attack.path} HTTP/1.1\r\nHost: 127.0.0.1:${attack.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
  });
  socket.on('error', () => undefined);
  socket.on('data', () => {
    if (isUpgraded) return;
    isUpgraded = true;
    if (!attack.reads) socket.pause();
    if (attack.perSecond > 0) timer = setInterval(keepPace, TICK_MS);
    else flood();
  });
  socket.on('close', () => {
    clearInterval(timer);
    say({ event: 'closed', sent, afterMs: performance.now() - startedAt });
  });

  function flood() {
    while (sent < attack.total && !socket.destroyed) {
      const count = Math.min(BATCH, attack.total - sent);
      sent += count;
      if (!socket.write(count === 1 ? frame : Buffer.alloc(count * frame.length, frame))) {
        socket.once('drain', flood);
        return;
      }
    }
    say({ event: 'sent all', sent });
  }

  function keepPace() {
    owed += (attack.perSecond * TICK_MS) / 1_000;
    const count = Math.min(Math.floor(owed), attack.total - sent);
    owed -= Math.floor(owed);
    // What the connection does not take is not kept: the attacker shall not run out of memory before the server.
    if (count <= 0 || socket.writableLength > 1_048_576) return;
    sent += count;
    socket.write(count === 1 ? frame : Buffer.alloc(count * frame.length, frame));
  }
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Masked with zeros, as a client must. */
function maskedFrame(opcode, payload) {
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size]), Buffer.alloc(4), payload]);
}
