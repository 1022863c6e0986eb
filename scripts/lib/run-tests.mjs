import { filesToRepeat } from './flaky.mjs';
import { npm } from './npm.mjs';
import { nx } from './nx.mjs';
import { provide, provideIfPossible } from './system-packages.mjs';
import { endChildrenOnSignals, say, show } from './terminal.mjs';
import { expectedResults, forgetResults, readResults, slowest, sumLine, sumUp } from './test-results.mjs';

const SLOWEST = 10;
const MOST_LISTED = 20;
const MOST_LINES = 20;

/** All tests of what is set up already; says their sum as its last line. @returns the exit code. */
export async function runTests() {
  endChildrenOnSignals();
  const chromium = await provide('chromium');
  const programs = {
    CHROMIUM_PATH: chromium,
    HEADLESS_SHELL_PATH: (await provideIfPossible('chromium-headless-shell')) ?? chromium,
    REDIS_SERVER_PATH: await provide('redis-server'),
    CADDY_PATH: await provide('caddy'),
  };

  forgetResults();
  const rerun = process.env.RERUN_FAILED || 'later';
  const env = { ...programs, RERUN_FAILED: rerun };
  // Two targets at a time, so that one computes while the other waits. Everything is built already, and must not be built
  // beneath servers that run.
  const targets = [...new Set(expectedResults().map(({ target }) => target))];
  const [file, args, options] = nx([
    'run-many',
    '-t',
    ...targets,
    '--parallel=2',
    '--excludeTaskDependencies',
  ]);
  let code = await show(file, args, { ...options, env: { ...options.env, ...env } });
  if (rerun === 'later' && (await repeatFailed(programs))) code = 0;

  const sum = sumUp(expectedResults());
  for (const problem of sum.problems) say(problem);
  say(`The ${SLOWEST} slowest files:`);
  for (const { file: name, seconds } of slowest(SLOWEST))
    say(`  ${seconds.toFixed(1).padStart(5)} s  ${name}`);
  list('Flaky: failed once, and passed when run again alone (docs/testing.md):', sum.flaky);
  list('Failed:', sum.failures);
  say(sumLine(sum));
  return code === 0 && sum.failed === 0 && sum.passed > 0 && sum.problems.length === 0 ? 0 : 1;
}

/**
 * What failed runs once more now that nothing runs beside it: docs/decisions/0049-report-flaky-tests.md.
 * @returns whether anything was repeated; the results say with what outcome.
 */
async function repeatFailed(programs) {
  const failed = expectedResults().filter(({ path }) => filesToRepeat(readResults(path)).length > 0);
  for (const { target, workspace } of failed) {
    const [file, args, options] = npm(['run', '--silent', target, '-w', workspace]);
    const env = { ...process.env, ...programs, RERUN_FAILED: 'only' };
    await show(file, args, { ...options, env });
  }
  return failed.length > 0;
}

/** The end of a long log is what people see of it, and all that some CI systems show: reasons belong there. */
function list(title, tests) {
  if (tests.length > 0) say(title);
  for (const { name, message } of tests.slice(0, MOST_LISTED)) {
    say(`  ${name}`);
    for (const line of message.split('\n').slice(0, MOST_LINES)) say(`      ${line}`);
  }
  if (tests.length > MOST_LISTED) say(`  and ${tests.length - MOST_LISTED} more`);
}
