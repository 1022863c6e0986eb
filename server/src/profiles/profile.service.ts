import { Injectable } from '@nestjs/common';
import type { UpdateMe, User, UserId } from '@parley/shared';
import { USERS_ONLY } from '../bus/publication.js';
import { EventBus } from '../bus/event-bus.js';
import { Database, type Statement } from '../database/database.js';
import { ProfileChanges } from '../inbox/profile-changes.js';
import { notDeletedSql } from '../users/deleted-users.js';
import { UsersService } from '../users/users.service.js';

/** No row: it was that before, or the account is deleted. */
const SET_DISPLAY_NAME: Statement = {
  name: 'user-set-display-name',
  sql: `UPDATE users u SET display_name = $2 WHERE u.id = $1 AND u.display_name <> $2 AND ${notDeletedSql('u')} RETURNING u.id`,
};

/** The profile of a user, changed by that user. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly changes: ProfileChanges,
    private readonly bus: EventBus,
  ) {}

  /** Changes what is given, and publishes it. */
  async update(userId: UserId, { display_name: displayName }: Pick<UpdateMe, 'display_name'>): Promise<User> {
    const name = displayName?.trim();
    if (name !== undefined && (await this.database.query(SET_DISPLAY_NAME, [userId, name])).length > 0) {
      await this.publish(userId);
    }
    return this.users.get(userId);
  }

  /** To be called after the commit of a change: to the user's own devices, and to the members of all its rooms. */
  async publish(userId: UserId): Promise<void> {
    await this.users.publishChanged(userId);
    const user = await this.users.get(userId);
    this.bus.publish({ to: [userId], roomId: USERS_ONLY, frame: { type: 'profile', user } });
    await this.changes.publish(userId);
  }
}
