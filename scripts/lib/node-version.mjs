// The first thing that runs, on whatever Node there is: no imports, and no syntax that an old Node cannot read.

/**
 * The release lines that the tests run on (`npm run test:nodes`), each from this minor version on: what `engines` of
 * package.json says. Dependencies need require() of ES modules, which came with 20.19 and 22.12.
 */
export const TESTED_LINES = { 20: 19, 22: 12, 24: 0, 26: 0 };

/** A sentence when this version of Node cannot run Parley, else ''. */
export function nodeComplaint(version) {
  const parts = partsOf(version);
  const canRun =
    parts.major >= 23 || parts.minor >= (parts.major === 21 ? Infinity : TESTED_LINES[parts.major]);
  if (canRun) return '';
  const needed = parts.major > 20 ? '22.12 or newer (or the latest 20)' : '20.19 or newer';
  return (
    'Parley needs Node ' +
    needed +
    '; this is ' +
    version +
    '. Get the current long-term release at https://nodejs.org, then try again.'
  );
}

/** A sentence when Parley may run on this version but is not tested on it, else ''. */
export function nodeRemark(version) {
  if (TESTED_LINES[partsOf(version).major] !== undefined) return '';
  return 'Parley is tested on Node ' + Object.keys(TESTED_LINES).join(', ') + '; this is ' + version + '.';
}

function partsOf(version) {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  return { major: parts[0], minor: parts[1] };
}

/** Loads the rest of a script, which an old Node might not even be able to read. */
export function onGoodNode(loadRest) {
  const complaint = nodeComplaint(process.version);
  if (complaint) {
    console.error(complaint); // eslint-disable-line no-console -- the one place without a stream of our own
    process.exit(1);
  }
  const remark = nodeRemark(process.version);
  if (remark) console.error(remark); // eslint-disable-line no-console
  loadRest().catch(function (error) {
    console.error(fileLimitComplaint(error) || (error && error.message ? error.message : String(error))); // eslint-disable-line no-console
    process.exit(1);
  });
}

/** With 400 the modules do not load, with 600 a server starts. */
const LEAST_FILES = 512;

/**
 * A sentence when too few files may be open, else ''. Node's own is about anything but that: that a package is not there,
 * or that a directory cannot be imported.
 */
function fileLimitComplaint(error) {
  if (!error || !error.code) return '';
  const limits = process.platform === 'win32' ? undefined : process.report.getReport().userLimits;
  const most = limits && Number(limits.open_files.soft);
  if (!most || most >= LEAST_FILES) return '';
  return (
    'Only ' +
    most +
    ' files may be open at once, which is too few to start Parley. ' +
    'Raise the limit (`ulimit -n 4096`, or LimitNOFILE of the service), then try again.'
  );
}
