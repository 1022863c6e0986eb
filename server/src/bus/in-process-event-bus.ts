import { EventBus, type BusEvent, type BusListener, type Topic } from './event-bus.js';

/** One server alone: what is published is told at once, and there is nobody else. */
export class InProcessEventBus extends EventBus {
  #listener: BusListener | null = null;

  override listen(listener: BusListener): void {
    this.#listener = listener;
  }

  override publish(topic: Topic, event: BusEvent): void {
    this.#listener?.event(topic, event);
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
