// `npm test`: everything that the tests need, all tests, and the sum of them as the last line.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { setUp } = await import('./lib/set-up.mjs');
  const { runTests } = await import('./lib/run-tests.mjs');
  await setUp({ withTools: true });
  process.exit(await runTests());
});
