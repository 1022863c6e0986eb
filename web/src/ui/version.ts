/**
 * Whether the server has another version of this page than the one that runs: its start page names another script.
 * False when that cannot be found out.
 */
export async function isOutdated(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  if (!script) return false;
  try {
    const response = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(5_000) });
    if (!response.ok) return false;
    return !(await response.text()).includes(new URL(script.src).pathname);
  } catch {
    // No server, no other version.
    return false;
  }
}
