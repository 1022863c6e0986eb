import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { MembershipService } from '../rooms/membership.service.js';
import { BusEvent } from '../bus/bus-event.js';
import { isOutage } from '../database/database-errors.js';
import { errorFields } from '../logging/log-line.js';
import { PresenceStore } from '../presence/presence.store.js';
import { UsersService } from '../users/users.service.js';
import { Connections } from './connections.js';

/**
 * Sends changes of a user's presence to the users who share a room with that user, and to nobody else. Every server
 * gets every change and delivers it to its own sockets.
 */
@Injectable()
export class PresenceDelivery implements OnModuleInit {
  readonly #logger = new Logger('Presence');

  constructor(
    private readonly presence: PresenceStore,
    private readonly membership: MembershipService,
    private readonly connections: Connections,
    private readonly users: UsersService,
  ) {}

  onModuleInit(): void {
    this.presence.onChange((presence) => void this.#deliver(presence));
  }

  async #deliver(presence: ReturnType<PresenceStore['of']>): Promise<void> {
    try {
      const { user_id } = presence;
      if (this.users.isKnownDeleted(user_id)) return;
      for (const { room_id: roomId, peer_id } of await this.membership.peers(user_id)) {
        const frame = { type: 'presence', ...presence } as const;
        this.connections.deliver(BusEvent.of({ to: [peer_id], roomId, frame, exceptUser: user_id }));
      }
    } catch (error) {
      // The next change and every room list contain the presence again, so this is only logged; during a database outage,
      // which is logged once, it is not.
      const level = isOutage(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'A presence change was not delivered', ...errorFields(error) });
    }
  }
}
