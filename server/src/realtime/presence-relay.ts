import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Presence } from '@parley/shared';
import { MembershipService } from '../auth/membership.service.js';
import { openFrame } from '../bus/event-bus.js';
import { isOutage } from '../database/database-errors.js';
import { errorFields } from '../logging/log-line.js';
import { PresenceStore } from '../presence/presence.store.js';
import { Connections } from './connections.js';

/**
 * Tells changes of presence to those who share a room with the user, and to nobody else. Every node knows of every
 * change and tells its own sockets.
 */
@Injectable()
export class PresenceRelay implements OnModuleInit {
  readonly #logger = new Logger('Presence');

  constructor(
    private readonly presence: PresenceStore,
    private readonly membership: MembershipService,
    private readonly connections: Connections,
  ) {}

  onModuleInit(): void {
    this.presence.onChange((presence) => void this.#tell(presence));
  }

  async #tell(presence: Presence): Promise<void> {
    try {
      const { user_id } = presence;
      const open = openFrame({ type: 'presence', ...presence });
      for (const { room_id: roomId, peer_id } of await this.membership.peers(user_id)) {
        this.connections.tell({
          roomId,
          users: [user_id, peer_id],
          open,
          extras: [null, ''],
          exceptUser: user_id,
        });
      }
    } catch (error) {
      // Presence is sent again with the next change, and in every list: not worth more than a line, and none while the
      // database is away.
      const level = isOutage(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'A change of presence was not published', ...errorFields(error) });
    }
  }
}
