import { Module } from '@nestjs/common';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { AUTH_STRATEGIES, Authenticator, type AuthStrategy } from './authenticator.js';
import { LegacyClients, SimulationStrategy } from './legacy-clients.js';
import { SessionStrategy } from './session.strategy.js';
import { SessionsService } from './sessions.service.js';

/** The current user, for every module. */
@Module({
  providers: [
    {
      // Null in simulation, which has no sessions.
      provide: SessionsService,
      inject: [CONFIG, Database, EventBus],
      useFactory: ({ accounts }: Config, database: Database, bus: EventBus): SessionsService | null =>
        accounts && new SessionsService(accounts, database, bus),
    },
    {
      provide: AUTH_STRATEGIES,
      inject: [SessionsService],
      useFactory: (sessions: SessionsService | null): AuthStrategy[] =>
        sessions ? [new SessionStrategy(sessions)] : [new SimulationStrategy()],
    },
    Authenticator,
    LegacyClients,
  ],
  exports: [Authenticator, LegacyClients, SessionsService],
})
export class AuthModule {}
