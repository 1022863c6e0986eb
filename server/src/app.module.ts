import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { BusModule } from './bus/bus.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Config } from './config/config.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { SecurityLogModule } from './logging/security-log.js';
import { MessagesModule } from './messages/messages.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { PushModule } from './push/push.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { SearchModule } from './search/search.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { UsersApiModule } from './users/users.module.js';
import { VersionModule } from './version/version.module.js';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        SecurityLogModule,
        LimitsModule,
        MetricsModule.with(config),
        DatabaseModule,
        BusModule,
        UsersApiModule.with(config),
        SettingsModule,
        AccountsModule.with(config),
        InboxModule,
        MessagesModule,
        SearchModule,
        PushModule,
        RetentionModule,
        PresenceModule,
        RealtimeModule,
        HealthModule,
        VersionModule,
      ],
    };
  }
}
