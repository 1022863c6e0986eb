import { build } from './build.mjs';
import { installPackages } from './install.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { endChildrenOnSignals } from './terminal.mjs';

/**
 * Installs and builds what is missing.
 * @param withTools also install what tests and checks need.
 * @param workspaces what to build, with what that needs; all when undefined.
 */
export async function setUp({ withTools = false, workspaces } = {}) {
  const stopEndingChildren = endChildrenOnSignals();
  await withSetupLock(async () => {
    await installPackages(withTools);
    await build(workspaces);
  });
  stopEndingChildren();
}
