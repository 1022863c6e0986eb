// The first thing that runs, on whatever Node there is: no imports, and no syntax that an old Node cannot read.

/**
 * A sentence when this version of Node cannot run Parley, else ''. Its dependencies need require() of ES modules,
 * which came with 20.19 and 22.12.
 */
export function nodeComplaint(version) {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  const major = parts[0];
  const minor = parts[1];
  if (major >= 23 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) return '';
  const needed = major > 20 ? '22.12 or newer (or the latest 20)' : '20.19 or newer';
  return (
    'Parley needs Node ' +
    needed +
    '; this is ' +
    version +
    '. Get one at https://nodejs.org, then try again.'
  );
}

/** Loads the rest of a script, which an old Node might not even be able to read. */
export function onGoodNode(loadRest) {
  const complaint = nodeComplaint(process.version);
  if (complaint) {
    console.error(complaint); // eslint-disable-line no-console -- the one place without a stream of our own
    process.exit(1);
  }
  loadRest().catch(function (error) {
    console.error(error && error.message ? error.message : String(error)); // eslint-disable-line no-console
    process.exit(1);
  });
}
