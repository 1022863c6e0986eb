// `npm test`: everything that the tests need, all tests, and the sum of them as the last line.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { setUp } = await import('./lib/set-up.mjs');
  const { provide } = await import('./lib/system-packages.mjs');
  const { expectedResults, forgetResults, sumUp } = await import('./lib/test-results.mjs');
  const { nx } = await import('./lib/nx.mjs');
  const { endChildrenOnSignals, say, show } = await import('./lib/terminal.mjs');

  await setUp();
  endChildrenOnSignals();
  const programs = {
    CHROMIUM_PATH: await provide('chromium'),
    REDIS_SERVER_PATH: await provide('redis-server'),
    CADDY_PATH: await provide('caddy'),
  };

  forgetResults();
  // Every suite starts servers and browsers of its own: side by side they would only make each other slow.
  const [file, args, options] = nx(['run-many', '-t', 'test', 'e2e', '--parallel=1']);
  const code = await show(file, args, { ...options, env: { ...options.env, ...programs } });

  const { passed, failed, skipped, problems } = sumUp(expectedResults());
  for (const problem of problems) say(problem);
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(code === 0 && failed === 0 && passed > 0 && problems.length === 0 ? 0 : 1);
});
