import { Injectable } from '@nestjs/common';
import { DEFAULT_SETTINGS, type UserId, type UserSettings } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { USERS_ONLY } from '../bus/publication.js';
import { Database } from '../database/database.js';
import { noSuchUser } from '../errors/chat-error.js';
import * as sql from './settings.sql.js';

interface Row {
  settings: Partial<UserSettings>;
}

/** How each user wants the page to be. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
  ) {}

  /** @throws ChatError `not_found` when there is no such user. */
  async get(userId: UserId): Promise<UserSettings> {
    const [row] = await this.database.query<Row>(sql.GET, [userId]);
    if (!row) throw noSuchUser();
    return wholeOf(row);
  }

  /** Changes what is given, and publishes all of them to the user's own sockets. @throws ChatError as `get`. */
  async change(userId: UserId, change: Partial<UserSettings>): Promise<UserSettings> {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    if (given.length === 0) return this.get(userId);
    const values = [userId, JSON.stringify(Object.fromEntries(given))];
    const [row] = await this.database.query<Row>(sql.CHANGE, values);
    if (!row) throw noSuchUser();
    const settings = wholeOf(row);
    this.bus.publish({ to: [userId], roomId: USERS_ONLY, frame: { type: 'user_settings', settings } });
    return settings;
  }
}

/** In the order of the contract, without what an earlier version knew. */
function wholeOf({ settings }: Row): UserSettings {
  const whole = Object.entries(DEFAULT_SETTINGS).map(([name, value]) => [
    name,
    settings[name as keyof UserSettings] ?? value,
  ]);
  return Object.fromEntries(whole) as UserSettings;
}
