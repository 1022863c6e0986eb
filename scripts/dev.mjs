// `npm run dev`: the page on 5173 and the server on 8000, both of which follow every change of the sources.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { setUp } = await import('./lib/set-up.mjs');
  const { runDev } = await import('./lib/dev.mjs');
  await setUp({ workspaces: ['client', 'server'] });
  await runDev();
});
