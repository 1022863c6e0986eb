// `npm run backup`: the built server's backup command.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { runBuilt } = await import('./lib/run-built.mjs');
  await runBuilt('backup.js');
});
