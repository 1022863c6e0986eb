import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { PresenceModule } from '../presence/presence.module.js';
import { StrangerLimits } from './stranger-limits.js';
import { SimulationUsersController } from './simulation-users.controller.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [PresenceModule],
  providers: [UsersService, StrangerLimits],
  exports: [UsersService, StrangerLimits],
})
export class UsersModule {}

/** The calls, which depend on the mode. */
@Module({})
export class UsersApiModule {
  static with({ accounts }: Config): DynamicModule {
    return {
      module: UsersApiModule,
      imports: [UsersModule],
      controllers: [UsersController, ...(accounts ? [] : [SimulationUsersController])],
    };
  }
}
