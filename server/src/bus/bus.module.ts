import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { Metrics } from '../metrics/metrics.js';
import { EventBus } from './event-bus.js';
import { InProcessEventBus } from './in-process-event-bus.js';
import { RedisEventBus } from './redis/redis-event-bus.js';

@Global()
@Module({
  providers: [
    {
      provide: EventBus,
      inject: [CONFIG, Metrics],
      useFactory: (config: Config, metrics: Metrics) => {
        const bus = config.redisUrl
          ? new RedisEventBus(config.redisUrl, config.serverId, metrics)
          : new InProcessEventBus();
        metrics.watchBus(() => bus);
        return bus;
      },
    },
  ],
  exports: [EventBus],
})
export class BusModule {}
