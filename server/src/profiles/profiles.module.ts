import { Module, type DynamicModule } from '@nestjs/common';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { AuthModule } from '../auth/auth.module.js';
import type { Config } from '../config/config.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { UsersModule } from '../users/users.module.js';
import { AvatarsController } from './avatars.controller.js';
import { AvatarsService } from './avatars.service.js';
import { ProfileService } from './profile.service.js';
import { SimulationProfileController } from './simulation-profile.controller.js';

/** The name and the picture of a user. With accounts the name is part of `PATCH /api/me/` (accounts/me.controller.ts). */
@Module({})
export class ProfilesModule {
  static with({ accounts }: Config): DynamicModule {
    return {
      module: ProfilesModule,
      imports: [AttachmentsModule, AuthModule, InboxModule, UsersModule],
      controllers: [AvatarsController, ...(accounts ? [] : [SimulationProfileController])],
      providers: [ProfileService, AvatarsService],
      exports: [ProfileService, AvatarsService],
    };
  }
}
