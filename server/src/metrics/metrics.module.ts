import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsServer } from './metrics-server.js';

/** `/metrics` beside the API; with METRICS_PORT at that port instead. */
@Module({})
export class MetricsModule {
  static with({ metrics }: Config): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      controllers: metrics ? [] : [MetricsController],
      providers: metrics ? [Metrics, MetricsServer] : [Metrics],
      exports: [Metrics],
    };
  }
}
