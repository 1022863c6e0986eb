/**
 * The tiers whose tests wait for processes, browsers and injected faults: on a busy machine a deadline may pass without
 * a defect. Tests of all other tiers are deterministic, and fail at once.
 */
const TIMED_TIERS = new Set(['faults', 'launch', 'measured', 'e2e']);
/** More files that fail at once are no coincidence. */
const MOST_FILES = 3;

/** @returns the files of a failed run that run once more. None when something else than tests has failed. */
export function filesToRepeat(tier, results) {
  if (!TIMED_TIERS.has(tier) || process.env.RERUN_FAILED === 'off') return [];
  if (!results || results.numRuntimeErrorTestSuites > 0) return [];
  const files = failedFiles(results).map(({ name }) => name);
  return files.length <= MOST_FILES ? files : [];
}

/**
 * What jest says about a run, corrected by the repetition of its failed files. The tests that failed in a file whose
 * repetition passed as a whole are `flaky`; in any other file each test that failed in either run has failed.
 */
export function joinRuns(first, repetition) {
  const flaky = [];
  let moreFailed = 0;
  let filesPassed = 0;
  for (const file of failedFiles(first)) {
    const again = repetition?.testResults.find(({ name }) => name === file.name);
    const failed = titles(file, 'failed');
    if (again?.status === 'passed' && count(again, 'passed') === count(file, 'passed') + failed.length) {
      flaky.push(...failed.map((title) => ({ file: file.name, title })));
      filesPassed++;
    } else {
      const known = new Set(failed);
      moreFailed += again ? titles(again, 'failed').filter((title) => !known.has(title)).length : 0;
    }
  }
  const numFailedTests = first.numFailedTests - flaky.length + moreFailed;
  const numFailedTestSuites = first.numFailedTestSuites - filesPassed;
  return {
    ...first,
    numPassedTests: first.numPassedTests + flaky.length - moreFailed,
    numFailedTests,
    numPassedTestSuites: first.numPassedTestSuites + filesPassed,
    numFailedTestSuites,
    success: numFailedTestSuites === 0 && numFailedTests === 0,
    flaky,
  };
}

const failedFiles = ({ testResults }) => testResults.filter(({ status }) => status === 'failed');

const titles = ({ assertionResults }, wanted) =>
  assertionResults.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);

const count = (file, status) => titles(file, status).length;
