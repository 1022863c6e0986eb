import { EventBus, type BusListener, type RoomEvent } from './event-bus.js';

/** One server alone: what happens is told at once, and there is nobody else. */
export class InProcessEventBus extends EventBus {
  #listener: BusListener | null = null;

  override listen(listener: BusListener): void {
    this.#listener = listener;
  }

  override tell(event: RoomEvent): void {
    this.#listener?.event(event);
  }

  override broadcast(): void {}

  override host(): Promise<void> {
    return Promise.resolve();
  }

  override leave(): void {}

  override get isUp(): boolean {
    return true;
  }

  override get lagMs(): number {
    return 0;
  }
}
