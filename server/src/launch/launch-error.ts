/** Why Parley does not start: one or two plain sentences for the person at the terminal, with what to do. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}
