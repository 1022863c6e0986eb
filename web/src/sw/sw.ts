import { answerClick, showPushed } from './push';
import { renewSubscription } from './renew-subscription';
import { answerFromShell, installShell, removeOldShells } from './shell';

/** The service worker of the page. Each thing that it does is a module of its own; this file wires them to its events. */
declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  // At once: a page that is open goes on with the code that it has, and the next navigation has the new version.
  event.waitUntil(installShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOldShells().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const answer = answerFromShell(event.request);
  if (answer) event.respondWith(answer);
});

self.addEventListener('push', (event) => {
  event.waitUntil(showPushed(event.data?.text() ?? ''));
});

self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renewSubscription(event)));

self.addEventListener('notificationclick', (event) => event.waitUntil(answerClick(event)));
