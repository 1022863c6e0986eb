import { nx } from './nx.mjs';
import { provide } from './system-packages.mjs';
import { endChildrenOnSignals, say, show } from './terminal.mjs';
import { expectedResults, forgetResults, sumUp } from './test-results.mjs';

/** All tests of what is set up already; says their sum as its last line. @returns the exit code. */
export async function runTests() {
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
  return code === 0 && failed === 0 && passed > 0 && problems.length === 0 ? 0 : 1;
}
