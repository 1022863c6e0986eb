/** More files that fail at once are no coincidence: this share of a tier, and three in a small one. */
const MOST_SHARE = 0.1;
const MOST_IN_SMALL_TIER = 3;

/** @returns the files of a failed run that run once more. None when something else than tests has failed. */
export function filesToRepeat(results) {
  if (!results || results.numRuntimeErrorTestSuites > 0) return [];
  const files = failedFiles(results).map(({ name }) => name);
  const most = Math.max(MOST_IN_SMALL_TIER, Math.floor(results.numTotalTestSuites * MOST_SHARE));
  return files.length <= most ? files : [];
}

/**
 * What jest says about a run, corrected by the repetition of its failed files. The tests that failed in a file whose
 * repetition passed as a whole are `flaky`; in any other file each test that failed in either run is `failed`.
 */
export function joinRuns(first, repetition) {
  const flaky = [];
  const failed = [];
  let filesPassed = 0;
  for (const file of failedFiles(first)) {
    const again = repetition?.testResults.find(({ name }) => name === file.name);
    const failures = failedTests(file);
    if (again?.status === 'passed' && passed(again) === passed(file) + failures.length) {
      flaky.push(...failures);
      filesPassed++;
    } else {
      const known = new Set(failures.map(({ title }) => title));
      failed.push(...failures, ...(again ? failedTests(again) : []).filter(({ title }) => !known.has(title)));
    }
  }
  const numFailedTestSuites = first.numFailedTestSuites - filesPassed;
  return {
    ...first,
    numPassedTests: first.numPassedTests + first.numFailedTests - failed.length,
    numFailedTests: failed.length,
    numPassedTestSuites: first.numPassedTestSuites + filesPassed,
    numFailedTestSuites,
    success: numFailedTestSuites === 0 && failed.length === 0,
    flaky,
    failed,
  };
}

/** The failed tests of one file's results, each with what a person needs to find the cause. */
export function failedTests({ name, assertionResults }) {
  return assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      file: name,
      title: fullName,
      message: failureMessages.join('\n'),
    }));
}

const failedFiles = ({ testResults }) => testResults.filter(({ status }) => status === 'failed');

const passed = ({ assertionResults }) => assertionResults.filter(({ status }) => status === 'passed').length;
