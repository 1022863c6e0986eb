import { BusEvent } from './bus-event.js';
import { EventBus } from './event-bus.js';
import type { Publication, PublishedFrame } from './publication.js';

/** The bus of a single server: events are delivered at once, and there are no other servers. */
export class InProcessEventBus extends EventBus {
  override publish<Frame extends PublishedFrame>(publication: Publication<Frame>): void {
    this.deliver(BusEvent.of(publication));
  }

  override broadcast(): void {}

  override subscribe(): Promise<void> {
    return Promise.resolve();
  }

  override unsubscribe(): void {}

  override get isUp(): boolean {
    return true;
  }

  override get lagMs(): number {
    return 0;
  }
}
