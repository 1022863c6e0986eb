import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import type { Config } from '../config/config.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { UsersModule } from '../users/users.module.js';
import { PrivacyController } from './privacy.controller.js';
import { PrivacyService } from './privacy.service.js';
import { RoomSettingsController } from './room-settings.controller.js';
import { RoomSettingsService } from './room-settings.service.js';

/**
 * Privacy, and the settings of a chat. In simulation there are only the latter: everybody can be anybody there, so nobody can be
 * blocked.
 */
@Module({})
export class PrivacyModule {
  static with({ accounts }: Config): DynamicModule {
    return {
      module: PrivacyModule,
      imports: [AuthModule, RoomsModule, UsersModule, PresenceModule, InboxModule],
      controllers: accounts ? [PrivacyController, RoomSettingsController] : [RoomSettingsController],
      providers: [PrivacyService, RoomSettingsService],
      exports: [PrivacyService],
    };
  }
}
