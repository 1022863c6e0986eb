// `npm run check`: format, lint, types, import arrows, then all tests. Stops at the first of them that fails.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { setUp } = await import('./lib/set-up.mjs');
  const { npm } = await import('./lib/npm.mjs');
  const { runTests } = await import('./lib/run-tests.mjs');
  const { Complaint, endChildrenOnSignals, show } = await import('./lib/terminal.mjs');
  await setUp({ withTools: true });
  const giveBack = endChildrenOnSignals();
  for (const script of ['format:check', 'lint', 'typecheck']) {
    const code = await show(...npm(['run', '--silent', script]));
    if (code !== 0) throw new Complaint(`npm run ${script} failed, for the reason above.`);
  }
  giveBack();
  process.exit(await runTests());
});
