import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from './packages.mjs';

/**
 * Chromium with nothing in its pages but what a scenario asks for. A driver as Playwright has a world of scripts of its own in each
 * page, which takes some 100 ms to make on a CPU four times as slow: in a measurement of some hundred that would be half of it.
 */
export async function startChromium(path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium') {
  const profile = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const chromium = spawn(
    path,
    [
      '--headless',
      '--no-sandbox',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--disable-extensions',
      '--disable-sync',
      '--password-store=basic',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--window-size=1440,900',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines = createInterface({ input: chromium.stderr });
  const url = await new Promise((resolve, reject) => {
    chromium.once('exit', () => reject(new Error('Chromium has ended')));
    lines.on('line', (line) => {
      const [, found] = /^DevTools listening on (ws:.*)$/.exec(line) ?? [];
      if (found) resolve(found);
    });
  });
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  const waiting = new Map();
  let last = 0;
  socket.on('message', (data) => {
    const { id, error, result } = JSON.parse(data);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Error(error.message));
    else resolve?.(result);
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });

  return {
    /** A profile of its own: as a browser that has not been here. */
    async newContext() {
      const { browserContextId } = await send('Target.createBrowserContext');
      return {
        async newPage() {
          const { targetId } = await send('Target.createTarget', {
            url: 'about:blank',
            browserContextId,
          });
          const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
          const sendToPage = (method, params) => send(method, params, sessionId);
          await sendToPage('Emulation.setDeviceMetricsOverride', {
            width: 1_440,
            height: 900,
            deviceScaleFactor: 1,
            mobile: false,
          });
          return {
            send: sendToPage,
            async evaluate(expression) {
              const { result, exceptionDetails } = await sendToPage('Runtime.evaluate', {
                expression,
                awaitPromise: true,
                returnByValue: true,
              });
              if (exceptionDetails)
                throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
              return result.value;
            },
            close: () => send('Target.closeTarget', { targetId }),
          };
        },
        close: () => send('Target.disposeBrowserContext', { browserContextId }),
      };
    },
    async close() {
      const ended = once(chromium, 'exit');
      await send('Browser.close');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
