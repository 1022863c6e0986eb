import { Injectable } from '@nestjs/common';
import {
  listSettingsOf,
  SHARES,
  type ChangeRoomSettings,
  type ListSettings,
  type RoomId,
  type RoomSettings,
  type UserId,
} from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { InboxService } from '../inbox/inbox.service.js';
import { RoomListings } from '../inbox/room-listings.js';
import { MembershipService } from '../rooms/membership.service.js';
import { PrivacyService } from './privacy.service.js';

const LIST_SETTINGS = [
  'pinned',
  'muted_until',
  'archived',
  'marked_unread',
] as const satisfies (keyof ListSettings)[];

/** The settings of one chat, private to the user: how it is kept in the list, and what the user shares in it. */
@Injectable()
export class RoomSettingsService {
  constructor(
    private readonly membership: MembershipService,
    private readonly rooms: InboxService,
    private readonly listings: RoomListings,
    private readonly privacy: PrivacyService,
    private readonly bus: EventBus,
  ) {}

  /** @throws ChatError `not_found`. */
  async get(userId: UserId, roomId: RoomId): Promise<RoomSettings> {
    const room = await this.rooms.get(roomId, userId);
    const sharing = await this.privacy.sharingIn(userId, roomId);
    return { ...sharing, ...listSettingsOf(room, userId, Date.now()) };
  }

  /** @throws ChatError `not_found`; `too_many` when as many rooms as may be are pinned: then nothing is changed. */
  async change(userId: UserId, roomId: RoomId, change: ChangeRoomSettings): Promise<RoomSettings> {
    const { a, b } = await this.membership.require(roomId, userId);
    if (LIST_SETTINGS.some((name) => change[name] !== undefined)) {
      await this.listings.change(userId, roomId, change);
    }
    const sharing = SHARES.some((name) => change[name] !== undefined)
      ? await this.privacy.changeSharingIn(userId, roomId, change)
      : await this.privacy.sharingIn(userId, roomId);
    const room = await this.rooms.get(roomId, userId);
    const settings = { ...sharing, ...listSettingsOf(room, userId, Date.now()) };
    this.bus.publish({
      to: [userId],
      roomId,
      frame: { type: 'settings', room_id: roomId, ...settings, listing: room.listing ?? null },
      exceptUser: a === userId ? b : a,
    });
    return settings;
  }
}
