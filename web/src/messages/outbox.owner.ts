/**
 * Waits until no other window of this browser sends the message, and keeps others from it until the function it
 * resolves with is called or the window is closed. Where the browser has no locks (plain http), everybody may send:
 * the server keeps one.
 */
export function own(clientId: string): Promise<() => void> {
  // Only there on secure origins, whatever the types say.
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) return Promise.resolve(() => {});
  return new Promise((granted) => {
    void locks.request(`parley-outbox-${clientId}`, () => new Promise<void>((release) => granted(release)));
  });
}
