// `npm run release:check`: the software bill of materials of what runs in production, as parley-<version>.cdx.json, and
// `npm audit` of the same packages. Needs the network; fails when the registry does not answer.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { writeFile } = await import('node:fs/promises');
  const { createRequire } = await import('node:module');
  const { join } = await import('node:path');
  const { npm } = await import('./lib/npm.mjs');
  const { ROOT } = await import('./lib/root.mjs');
  const { billOfMaterials } = await import('./lib/bill-of-materials.mjs');
  const { Complaint, endChildrenOnSignals, say, show } = await import('./lib/terminal.mjs');
  const giveBack = endChildrenOnSignals();
  const { version } = createRequire(import.meta.url)('../package.json');
  const file = `parley-${version}.cdx.json`;
  const bill = await billOfMaterials();
  await writeFile(join(ROOT, file), `${JSON.stringify(bill, null, 2)}\n`);
  say(`${file}: ${bill.components.length} packages run in production.`);
  const code = await show(...npm(['audit', '--omit=dev', '--audit-level=high']));
  giveBack();
  if (code !== 0)
    throw new Complaint(
      'npm audit found a vulnerability, or could not be asked: no release before that is clear.',
    );
});
