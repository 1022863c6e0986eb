import { execFile } from 'node:child_process';
import { npm } from './npm.mjs';
import { ROOT } from './root.mjs';

/** What stops a release. */
const BLOCKING = ['high', 'critical'];
/** Characters: a report of hundreds of vulnerabilities. */
const MAX_OUTPUT = 16 * 1_048_576;

/**
 * What the npm registry knows of the packages in a lock file, but for those of development. `npm audit` ends with 1 both
 * when it finds something and when it could not ask; its report says which.
 * @returns {Promise<{blocking: string[], others: number} | {unanswered: string}>} the vulnerabilities of level high and
 *   critical, a line for each package, and how many packages have lesser ones; or why the registry did not say.
 */
export async function audit(folder = ROOT) {
  const [program, args, options] = npm(['audit', '--omit=dev', '--json']);
  const output = await new Promise((resolve) => {
    execFile(program, args, { ...options, cwd: folder, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    );
  });
  const report = reportIn(output.stdout);
  if (!report?.vulnerabilities) {
    return { unanswered: report?.message ?? report?.error?.summary ?? output.stderr.trim() };
  }
  const packages = Object.values(report.vulnerabilities);
  const blocking = packages.filter(({ severity }) => BLOCKING.includes(severity));
  return { blocking: blocking.map(lineOf), others: packages.length - blocking.length };
}

function reportIn(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

/** @param {{name: string, severity: string, via: (string | {title: string, url: string})[]}} found */
function lineOf({ name, severity, via }) {
  const reasons = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} (${one.url})`));
  return `${name} (${severity}): ${reasons.join('; ')}`;
}
