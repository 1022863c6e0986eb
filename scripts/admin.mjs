// `npm run admin`: the built server's commands for accounts, invites and sessions.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { runBuilt } = await import('./lib/run-built.mjs');
  await runBuilt('admin.js');
});
