// `npm run restore`: the built server's restore command, also in a fresh clone on an empty machine.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { runBuilt } = await import('./lib/run-built.mjs');
  await runBuilt('restore.js');
});
