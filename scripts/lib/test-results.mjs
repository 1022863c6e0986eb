import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { failedTests } from './flaky.mjs';
import { inRoot, ROOT } from './root.mjs';

/** What a script that runs jest.mjs calls its results, and so the Nx target: `test` of every workspace, then the tiers. */
const RUNS_JEST = /scripts\/jest\.mjs (\S+)/;

/** Every results file that a run leaves behind: one for each script of a workspace that runs jest. */
export function expectedResults() {
  const { workspaces } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return workspaces.flatMap((workspace) => {
    const { scripts = {} } = JSON.parse(readFileSync(inRoot(workspace, 'package.json'), 'utf8'));
    return Object.entries(scripts).flatMap(([target, command]) => {
      const [, results] = RUNS_JEST.exec(command) ?? [];
      if (!results) return [];
      const path = inRoot(workspace, 'test-results', `${results}.json`);
      return [{ workspace, target, name: `${workspace} ${target}`, path }];
    });
  });
}

/** A run that crashes must not be judged by the results of an earlier one. */
export function forgetResults() {
  for (const { path } of expectedResults()) rmSync(path, { force: true });
}

/**
 * @returns the sums, with flaky tests among the passed ones; the failed and the flaky tests, each with its `name` and
 * `message`; and a sentence for everything that makes the run a failure beyond failed tests.
 */
export function sumUp(results = expectedResults()) {
  const sum = { passed: 0, failed: 0, skipped: 0, failures: [], flaky: [], problems: [] };
  for (const { name, path } of results) {
    const result = readResults(path);
    if (!result) {
      sum.problems.push(`${name}: left no results, so it did not run to its end`);
      continue;
    }
    sum.passed += result.numPassedTests;
    sum.failed += result.numFailedTests;
    sum.skipped += result.numPendingTests + result.numTodoTests;
    sum.failures.push(...(result.failed ?? (result.testResults ?? []).flatMap(failedTests)).map(named));
    sum.flaky.push(...(result.flaky ?? []).map(named));
    if (result.numTotalTests === 0) sum.problems.push(`${name}: found no tests`);
    // A suite that does not even load has no tests that could fail.
    if (result.numRuntimeErrorTestSuites > 0) {
      sum.problems.push(`${name}: ${result.numRuntimeErrorTestSuites} test file(s) could not be run`);
    }
    if (!result.success && result.numFailedTests === 0) sum.problems.push(`${name}: jest reports a failure`);
  }
  return sum;
}

const named = ({ file, title, message }) => ({ name: `${relative(ROOT, file)} › ${title}`, message });

/** The last line of `npm test`. */
export function sumLine({ passed, failed, skipped, flaky }) {
  const parts = [`${passed} passed`, `${failed} failed`];
  if (flaky.length > 0) parts.push(`${flaky.length} flaky`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}

/** @returns the test files that took longest, the slowest first. */
export function slowest(count, results = expectedResults()) {
  return results
    .flatMap(({ path }) => readResults(path)?.testResults ?? [])
    .map(({ name, startTime, endTime }) => ({
      file: relative(ROOT, name),
      seconds: (endTime - startTime) / 1000,
    }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count);
}

/** @returns what jest wrote, or undefined when it did not come to that. */
export function readResults(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
