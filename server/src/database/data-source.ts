import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { AccessTokenEntity } from '../accounts/access-token.entity.js';
import { AccountEntity } from '../accounts/account.entity.js';
import { AccountDeletionEntity } from '../accounts/deletion/account-deletion.entity.js';
import { DataExportEntity } from '../accounts/export/data-export.entity.js';
import { InviteEntity } from '../accounts/invite.entity.js';
import { IdentityRegistrationEntity } from '../accounts/oidc/identity-registration.entity.js';
import { IdentityEntity } from '../accounts/oidc/identity.entity.js';
import { PasskeyChallengeEntity } from '../accounts/passkeys/passkey-challenge.entity.js';
import { PasskeyEntity } from '../accounts/passkeys/passkey.entity.js';
import { SessionEntity } from '../accounts/session.entity.js';
import { AttachmentEntity } from '../attachments/attachment.entity.js';
import { MessageEntity } from '../messages/message.entity.js';
import { ReportEntity } from '../privacy/report.entity.js';
import { PushKeysEntity } from '../push/push-keys.entity.js';
import { PushShownEntity } from '../push/push-shown.entity.js';
import { PushSubscriptionEntity } from '../push/push-subscription.entity.js';
import { RetentionPassEntity } from '../retention/retention-pass.entity.js';
import { RoomMemberSettingsEntity } from '../rooms/room-member-settings.entity.js';
import { RoomEntity } from '../rooms/room.entity.js';
import { UserSettingsEntity } from '../settings/user-settings.entity.js';
import { UserEntity } from '../users/user.entity.js';
import { Init1763856000000 } from './migrations/1763856000000-init.js';
import { UserSearch1764072000000 } from './migrations/1764072000000-user-search.js';
import { Accounts1764115200000 } from './migrations/1764115200000-accounts.js';
import { Privacy1764201600000 } from './migrations/1764201600000-privacy.js';
import { AccessTokens1764205200000 } from './migrations/1764205200000-access-tokens.js';
import { Passkeys1764208800000 } from './migrations/1764208800000-passkeys.js';
import { Identities1764212400000 } from './migrations/1764212400000-identities.js';
import { AccountDeletions1764216000000 } from './migrations/1764216000000-account-deletions.js';
import { DataExports1764216060000 } from './migrations/1764216060000-data-exports.js';
import { Retention1764223200000 } from './migrations/1764223200000-retention.js';
import { MessageChanges1764226800000 } from './migrations/1764226800000-message-changes.js';
import { MessageSearch1764230400000 } from './migrations/1764230400000-message-search.js';
import { Attachments1764234000000 } from './migrations/1764234000000-attachments.js';
import { ReportCategories1764237600000 } from './migrations/1764237600000-report-categories.js';
import { SearchExpiry1764241200000 } from './migrations/1764241200000-search-expiry.js';
import { UserSettings1764244800000 } from './migrations/1764244800000-user-settings.js';
import { RoomListings1764248400000 } from './migrations/1764248400000-room-listings.js';
import { Avatars1764252000000 } from './migrations/1764252000000-avatars.js';
import { Push1764262800000 } from './migrations/1764262800000-push.js';
import { UserSearchFolded1764266400000 } from './migrations/1764266400000-user-search-folded.js';

/** The migrations of this version, in the order in which they are applied. */
export const MIGRATIONS = [
  Init1763856000000,
  UserSearch1764072000000,
  Accounts1764115200000,
  Privacy1764201600000,
  AccessTokens1764205200000,
  Passkeys1764208800000,
  Identities1764212400000,
  AccountDeletions1764216000000,
  DataExports1764216060000,
  Retention1764223200000,
  MessageChanges1764226800000,
  MessageSearch1764230400000,
  Attachments1764234000000,
  ReportCategories1764237600000,
  SearchExpiry1764241200000,
  UserSettings1764244800000,
  RoomListings1764248400000,
  Avatars1764252000000,
  Push1764262800000,
  UserSearchFolded1764266400000,
] as const;

/** Most connections of one server. */
const POOL_SIZE = 10;

/** A statement fails after this, in milliseconds, because a sender gets `unavailable` within 2 s. */
const QUERY_TIMEOUT_MS = 1_800;
/** The same while a connection is opened: a PostgreSQL that hangs accepts connections, but does not answer on them. */
const ACQUIRE_TIMEOUT_MS = 1_800;
/** Longest wait for a row that another session locks, in milliseconds. Then the batch is split, and each part waits again. */
const LOCK_TIMEOUT_MS = 300;

/** Options for the embedded PostgreSQL and for any other. */
export function dataSourceOptions(databaseUrl: string): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url: databaseUrl,
    entities: [
      UserEntity,
      UserSettingsEntity,
      RoomEntity,
      RoomMemberSettingsEntity,
      MessageEntity,
      AttachmentEntity,
      AccountEntity,
      SessionEntity,
      AccessTokenEntity,
      InviteEntity,
      AccountDeletionEntity,
      DataExportEntity,
      ReportEntity,
      RetentionPassEntity,
      PushKeysEntity,
      PushSubscriptionEntity,
      PushShownEntity,
      PasskeyEntity,
      PasskeyChallengeEntity,
      IdentityEntity,
      IdentityRegistrationEntity,
    ],
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    // Ids and counters stay far below 2^53, so they are numbers, as on the wire.
    parseInt8: true,
    installExtensions: false,
    poolSize: POOL_SIZE,
    applicationName: 'parley',
    connectTimeoutMS: 5_000,
    // The pool replaces an idle connection that breaks. Without a handler the error would end the process; Database has one.
    poolErrorHandler: () => undefined,
    extra: {
      // Plans that were made while tables were small would scan whole tables, also after these have grown. No statement
      // of the server gains from a sequential scan or from compilation.
      options: '-c enable_seqscan=off -c jit=off',
    },
  };
}

/** Options for a running server, with timeouts so that no client waits for long. Migrations have none. */
export function servingOptions(databaseUrl: string): PostgresDataSourceOptions {
  const options = dataSourceOptions(databaseUrl);
  const timeouts = {
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: 10_000,
    lock_timeout: LOCK_TIMEOUT_MS,
  };
  return { ...options, connectTimeoutMS: ACQUIRE_TIMEOUT_MS, extra: { ...options.extra, ...timeouts } };
}
