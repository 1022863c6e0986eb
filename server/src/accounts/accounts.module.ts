import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import type { Config } from '../config/config.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { SharedLimits } from '../limits/shared-limits.js';
import { PrivacyModule } from '../privacy/privacy.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokensController } from './access-tokens.controller.js';
import { AccessTokensService } from './access-tokens.service.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { AuthInfoController } from './auth-info.controller.js';
import { AccountDeletions } from './deletion/account-deletions.js';
import { MeController } from './me.controller.js';
import { ProfileService } from './profile.service.js';

/** Registration, login, sessions, passwords and access tokens. In simulation only what says that there are none. */
@Module({})
export class AccountsModule {
  static with(config: Config): DynamicModule {
    const { accounts } = config;
    return {
      module: AccountsModule,
      imports: [AuthModule, InboxModule, PrivacyModule.with(config), UsersModule],
      controllers: [
        AuthInfoController,
        ...(accounts ? [AccountsController, AccessTokensController, MeController] : []),
      ],
      providers: accounts
        ? [AccountsService, AccessTokensService, ProfileService, AccountDeletions, SharedLimits]
        : [],
    };
  }
}
