declare const self: ServiceWorkerGlobalScope;

/**
 * Reports to the server the subscription by which the push service has replaced another: without it nothing arrives until the user
 * opens the page. In simulation, where nothing but a URL says who the user is, and after a log-out, the server refuses it; then the
 * page subscribes when it is opened.
 */
export async function renewSubscription({
  oldSubscription,
  newSubscription,
}: PushSubscriptionChangeEvent): Promise<void> {
  const next =
    newSubscription ??
    (oldSubscription && (await self.registration.pushManager.subscribe(oldSubscription.options)));
  if (!next) return;
  const { endpoint, keys } = next.toJSON();
  await fetch('/api/me/push-subscriptions/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, p256dh: keys?.p256dh, auth: keys?.auth }),
  });
}
