import { showNotice } from '../ui/notices';
import { words } from '../words/words';

const SCRIPT = '/sw.js';
/** The first view comes first: in milliseconds. */
const BEGIN_MS = 2_000;
/** How often a window that stays open asks for a new version, in milliseconds. */
const UPDATE_MS = 3_600_000;

interface ScriptPolicy {
  createScriptURL(url: string): string;
}

declare const trustedTypes: { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy } | undefined;

/**
 * Lets a service worker serve the page from now on, also without a network. A new version is there with the next
 * navigation: a notice says so, and nothing reloads by itself.
 */
export function startServiceWorker(): void {
  // The development server has none, and plain http has no service workers.
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  setTimeout(() => void start(), BEGIN_MS);
}

async function start(): Promise<void> {
  const rules: ScriptPolicy = { createScriptURL: (url) => url };
  try {
    const policy = 'trustedTypes' in window ? trustedTypes?.createPolicy('service-worker', rules) : rules;
    sayUpdates(navigator.serviceWorker);
    const registration = await navigator.serviceWorker.register((policy ?? rules).createScriptURL(SCRIPT));
    // Without a network it asks the next time.
    setInterval(() => void registration.update().catch(() => undefined), UPDATE_MS);
  } catch {
    // Refused (blocked site data) or unreachable: the page works without, and the next window tries again.
  }
}

function sayUpdates(serviceWorker: ServiceWorkerContainer): void {
  let isUpdate = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    if (isUpdate)
      showNotice({
        id: 'new-version',
        text: words.newVersion,
        action: { label: words.reload, run: () => window.location.reload() },
      });
    isUpdate = true;
  });
}
