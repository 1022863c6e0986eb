import { Global, Module } from '@nestjs/common';
import { SharedLimits } from './shared-limits.js';

/** The limits that hold for all servers together. */
@Global()
@Module({ providers: [SharedLimits], exports: [SharedLimits] })
export class LimitsModule {}
