import { nx } from './nx.mjs';
import { step } from './terminal.mjs';

/** Builds these workspaces and what they need (all when undefined). What has not changed comes from Nx's cache. */
export async function build(workspaces) {
  const only = workspaces ? ['-p', ...workspaces.map((name) => `@parley/${name}`)] : [];
  await step('Building', ...nx(['run-many', '-t', 'build', ...only]));
}
