import { Injectable } from '@nestjs/common';
import type {
  AccessTokenInfo,
  Identity,
  LoginMethods,
  Me,
  ReportCategory,
  SessionInfo,
  User,
  UserId,
  UserSettings,
} from '@parley/shared';
import { SessionsService, type Session } from '../../auth/sessions.service.js';
import { Database } from '../../database/database.js';
import { PrivacyService } from '../../privacy/privacy.service.js';
import { SettingsService } from '../../settings/settings.service.js';
import { AccessTokensService } from '../access-tokens.service.js';
import { IdentitiesService } from '../oidc/identities.service.js';
import { PasskeysService } from '../passkeys/passkeys.service.js';
import { ACCOUNT, PUSHES, REPORTS } from './export.sql.js';

/** What the server has of a user besides the chats, without anything to log in with. */
export interface AccountData {
  user: Me;
  settings: UserSettings;
  account: { created_at: string };
  devices: SessionInfo[];
  login: LoginMethods;
  identities: Identity[];
  access_tokens: AccessTokenInfo[];
  blocked: User[];
  reports: Report[];
  push_subscriptions: PushedBrowser[];
}

/** A browser to which messages are pushed. */
interface PushedBrowser {
  id: number;
  host: string;
  created_at: Date;
}

/** A report that the user has made. */
interface Report {
  room_id: number;
  category: ReportCategory;
  reason: string;
  first_seq: number;
  last_seq: number;
  created_at: Date;
}

/** Collects what the views of the account show one by one. */
@Injectable()
export class AccountDataService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly privacy: PrivacyService,
    private readonly settings: SettingsService,
    private readonly passkeys: PasskeysService,
    private readonly identities: IdentitiesService,
    private readonly tokens: AccessTokensService,
  ) {}

  async of({ id, userId }: Session): Promise<AccountData> {
    const [user, settings, [account], devices, login, identities, tokens, blocked, reports, pushes] =
      await Promise.all([
        this.privacy.me(userId),
        this.settings.get(userId),
        this.database.query<{ created_at: Date }>(ACCOUNT, [userId]),
        this.sessions.list(userId, id),
        this.passkeys.methods(userId),
        this.identities.list(userId),
        this.tokens.list(userId),
        this.privacy.blocked(userId),
        this.#reports(userId),
        this.database.query<PushedBrowser>(PUSHES, [userId]),
      ]);
    const created_at = account?.created_at.toISOString() ?? '';
    return {
      user,
      settings,
      account: { created_at },
      devices,
      login,
      identities,
      access_tokens: tokens,
      blocked,
      reports,
      push_subscriptions: pushes,
    };
  }

  #reports(userId: UserId): Promise<Report[]> {
    return this.database.query<Report>(REPORTS, [userId]);
  }
}
