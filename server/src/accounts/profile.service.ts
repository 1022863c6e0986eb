import { Injectable } from '@nestjs/common';
import type { UpdateMe, UserId } from '@parley/shared';
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
  ) {}

  /** Changes what is given, and publishes it to the members of all rooms of the user. */
  async update(userId: UserId, { display_name: displayName }: UpdateMe): Promise<void> {
    const name = displayName?.trim();
    if (name !== undefined && (await this.database.query(SET_DISPLAY_NAME, [userId, name])).length > 0) {
      await this.users.publishChanged(userId);
      await this.changes.publish(userId);
    }
  }
}
