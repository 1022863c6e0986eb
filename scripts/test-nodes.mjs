// `npm run test:nodes [-- 22 24]`: `npm test` under each release line of Node that package.json's `engines` names (or
// under these), each in a fresh clone of the last commit, all with this home directory. The Nodes come as npm packages.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { execFileSync } = await import('node:child_process');
  const { TESTED_VERSIONS, fetchNode, testUnder } = await import('./lib/test-nodes.mjs');
  const { ROOT } = await import('./lib/root.mjs');
  const { Complaint, endChildrenOnSignals, say } = await import('./lib/terminal.mjs');

  endChildrenOnSignals();
  const wanted = process.argv.slice(2);
  const known = TESTED_VERSIONS.map((version) => version.split('.', 1)[0]);
  const unknown = wanted.filter((line) => !known.includes(line));
  if (unknown.length > 0)
    throw new Complaint(`${unknown.join(', ')}: not one of the lines ${known.join(', ')}`);
  const versions = TESTED_VERSIONS.filter((_, i) => wanted.length === 0 || wanted.includes(known[i]));

  const changes = execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' });
  if (changes) say('There are uncommitted changes, which a clone does not have: they are not tested.');
  const outcomes = [];
  for (const version of versions) {
    const node = await fetchNode(version);
    const place = await mkdtemp(join(tmpdir(), 'parley-nodes-'));
    const clone = join(place, 'parley');
    execFileSync('git', ['clone', '--quiet', ROOT, clone]);
    outcomes.push(await testUnder(version, node, clone));
    await rm(place, { recursive: true, force: true, maxRetries: 20 });
  }
  for (const { version, sum, minutes } of outcomes) say(`Node ${version}: ${sum} (${minutes} min)`);
  process.exit(outcomes.every(({ passed }) => passed) ? 0 : 1);
});
