// `npm start`: everything that is missing, then the whole product in this process.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { answerOptions } = await import('./lib/options.mjs');
  if (answerOptions(process.argv.slice(2))) return;
  const { complainIfPortTaken } = await import('./lib/port.mjs');
  const { setUp } = await import('./lib/set-up.mjs');
  await complainIfPortTaken();
  await setUp();
  await import('../server/dist/start.js');
});
