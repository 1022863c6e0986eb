import { Module } from '@nestjs/common';
import type { AuthMode, Config } from '../config/config.js';
import { CONFIG } from '../config/config.js';
import { AUTH_STRATEGIES, Authenticator, type AuthStrategy } from './authenticator.js';
import { LegacyClients, SimulationStrategy } from './legacy-clients.js';

/** The current user, for every module. */
@Module({
  providers: [
    SimulationStrategy,
    {
      provide: AUTH_STRATEGIES,
      inject: [CONFIG, SimulationStrategy],
      useFactory: ({ authMode }: Config, simulation: SimulationStrategy): AuthStrategy[] => {
        const strategies: Record<AuthMode, AuthStrategy[]> = { simulation: [simulation] };
        return strategies[authMode];
      },
    },
    Authenticator,
    LegacyClients,
  ],
  exports: [Authenticator, LegacyClients],
})
export class AuthModule {}
