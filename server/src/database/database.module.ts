import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '../config/config.js';
import { servingOptions } from './data-source.js';
import { Database } from './database.js';
import { SchemaCheck } from './schema-check.js';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => {
        if (!config.databaseUrl) throw new Error('The application was wired without a database.');
        return { ...servingOptions(config.databaseUrl), retryAttempts: 1 };
      },
    }),
  ],
  providers: [Database, SchemaCheck],
  exports: [Database, SchemaCheck],
})
export class DatabaseModule {}
