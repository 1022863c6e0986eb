import { buildAll } from './build.mjs';
import { installPackages } from './install.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { endChildrenOnSignals } from './terminal.mjs';

/** Everything that is missing, and nothing twice: packages, then the build of these projects (all when unsaid). */
export async function setUp(projects) {
  const giveBack = endChildrenOnSignals();
  await withSetupLock(async () => {
    await installPackages();
    if (!projects || projects.length > 0) await buildAll(projects);
  });
  giveBack();
}
