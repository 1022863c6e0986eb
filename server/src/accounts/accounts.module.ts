import { Module, type DynamicModule } from '@nestjs/common';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { AuthModule } from '../auth/auth.module.js';
import type { Config } from '../config/config.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PrivacyModule } from '../privacy/privacy.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokensController } from './access-tokens.controller.js';
import { AccessTokensService } from './access-tokens.service.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { AuthInfoController } from './auth-info.controller.js';
import { AuthInfoService } from './auth-info.service.js';
import { AccountDeletions } from './deletion/account-deletions.js';
import { AccountDataService } from './export/account-data.service.js';
import { ExportsService } from './export/exports.service.js';
import { MeController } from './me.controller.js';
import { IdentitiesController } from './oidc/identities.controller.js';
import { IdentitiesService } from './oidc/identities.service.js';
import { OidcController } from './oidc/oidc.controller.js';
import { OidcService } from './oidc/oidc.service.js';
import { Providers } from './oidc/providers.js';
import { Challenges } from './passkeys/challenges.js';
import { PasskeysController } from './passkeys/passkeys.controller.js';
import { PasskeysService } from './passkeys/passkeys.service.js';
import { SessionAnswer } from './session-answer.js';
import { StartController } from './start.controller.js';
import { StartService } from './start.service.js';

/** The calls of accounts mode. The calls and their services exist there only. */
const CONTROLLERS = [
  AccountsController,
  PasskeysController,
  OidcController,
  IdentitiesController,
  AccessTokensController,
  MeController,
];
const SERVICES = [
  AccountsService,
  SessionAnswer,
  Challenges,
  PasskeysService,
  OidcService,
  IdentitiesService,
  AccessTokensService,
  AccountDeletions,
  AccountDataService,
  ExportsService,
];

/** Registration, login, sessions, passwords, passkeys and access tokens. In simulation only what says that there are none. */
@Module({})
export class AccountsModule {
  static with(config: Config): DynamicModule {
    const { accounts } = config;
    return {
      module: AccountsModule,
      imports: [
        AttachmentsModule,
        AuthModule,
        InboxModule,
        MessagesModule,
        PrivacyModule.with(config),
        SettingsModule,
        ProfilesModule.with(config),
        UsersModule,
      ],
      controllers: [AuthInfoController, StartController, ...(accounts ? CONTROLLERS : [])],
      providers: [Providers, AuthInfoService, StartService, ...(accounts ? SERVICES : [])],
    };
  }
}
