/** Parley cannot start. The message is one or two sentences for the person at the terminal: the reason and what to do. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}
