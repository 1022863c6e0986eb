// `npm run release:check`: the software bill of materials of what runs in production, as parley-<version>.cdx.json, and
// `npm audit` of the same packages. Needs the network. Ends with 1 for a vulnerability of level high or critical, and with 2
// when the registry did not answer: no release either way.
import { onGoodNode } from './lib/node-version.mjs';

onGoodNode(async () => {
  const { writeFile } = await import('node:fs/promises');
  const { createRequire } = await import('node:module');
  const { join } = await import('node:path');
  const { audit } = await import('./lib/audit.mjs');
  const { ROOT } = await import('./lib/root.mjs');
  const { billOfMaterials } = await import('./lib/bill-of-materials.mjs');
  const { Complaint, say } = await import('./lib/terminal.mjs');
  const { version } = createRequire(import.meta.url)('../package.json');
  const file = `parley-${version}.cdx.json`;
  const bill = await billOfMaterials();
  await writeFile(join(ROOT, file), `${JSON.stringify(bill, null, 2)}\n`);
  say(`${file}: ${bill.components.length} packages run in production.`);
  const found = await audit();
  if ('unanswered' in found) {
    say(`npm audit: the registry did not answer, so nothing is known. ${found.unanswered}`);
    process.exitCode = 2;
    return;
  }
  const { blocking, others } = found;
  say(
    `npm audit: ${blocking.length} packages with high or critical vulnerabilities, ${others} with lesser ones.`,
  );
  if (blocking.length > 0)
    throw new Complaint(`${blocking.join('\n')}\nNo release before these are updated, or are replaced.`);
});
