import { WebSocket } from './packages.mjs';

/** So many handshakes are under way at once. */
const AT_ONCE = 100;

/** Opens the user socket of every user. @returns the sockets, in the order of the users. */
export async function connectAll(port, userIds) {
  const sockets = [];
  const waiting = userIds.entries();
  const worker = async () => {
    for (const [position, userId] of waiting) sockets[position] = await open(port, userId);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sockets;
}

export function open(port, userId) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/?active_user=${userId}`, {
      perMessageDeflate: false,
    });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Ends them all, and waits until each has noticed. */
export function closeAll(sockets) {
  return Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve) => {
          socket.once('close', resolve);
          socket.on('error', () => undefined);
          socket.terminate();
        }),
    ),
  );
}
