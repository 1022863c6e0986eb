import { existsSync, readFileSync, rmSync } from 'node:fs';
import { inRoot } from './root.mjs';

const PROJECTS = ['shared', 'server', 'web'];
/** Nx target → the file that its jest writes. */
const FILES = { test: 'unit.json', e2e: 'e2e.json' };

/** Every results file that a run must leave behind: one for each project that has the target. */
export function expectedResults() {
  return PROJECTS.flatMap((project) => {
    const { scripts = {} } = JSON.parse(readFileSync(inRoot(project, 'package.json'), 'utf8'));
    return Object.entries(FILES)
      .filter(([target]) => scripts[target])
      .map(([target, file]) => ({
        name: `${project} ${target}`,
        path: inRoot(project, 'test-results', file),
      }));
  });
}

/** A run that crashes must not be judged by the results of an earlier one. */
export function forgetResults() {
  for (const { path } of expectedResults()) rmSync(path, { force: true });
}

/** @returns the sums, and a sentence for everything that makes the run a failure beyond failed tests. */
export function sumUp(results = expectedResults()) {
  const sum = { passed: 0, failed: 0, skipped: 0, problems: [] };
  for (const { name, path } of results) {
    const result = read(path);
    if (!result) {
      sum.problems.push(`${name}: left no results, so it did not run to its end`);
      continue;
    }
    sum.passed += result.numPassedTests;
    sum.failed += result.numFailedTests;
    sum.skipped += result.numPendingTests + result.numTodoTests;
    if (result.numTotalTests === 0) sum.problems.push(`${name}: found no tests`);
    // A suite that does not even load has no tests that could fail.
    if (result.numRuntimeErrorTestSuites > 0) {
      sum.problems.push(`${name}: ${result.numRuntimeErrorTestSuites} test file(s) could not be run`);
    }
    if (!result.success && result.numFailedTests === 0) sum.problems.push(`${name}: jest reports a failure`);
  }
  return sum;
}

function read(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
