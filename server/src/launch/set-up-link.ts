import type { INestApplication } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccountsService } from '../accounts/accounts.service.js';
import type { Config } from '../config/config.js';
import { isOutage } from '../database/database-errors.js';
import { inviteUrl } from './warnings.js';

/** How often a database that is not ready yet is tried, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * The link with which the first user registers; null when there are accounts, or another server has printed it already.
 * Waits until the database is ready.
 */
export async function setUpLink(
  app: INestApplication,
  config: Config,
  signal?: AbortSignal,
): Promise<string | null> {
  if (!config.accounts) return null;
  const accounts = app.get(AccountsService);
  while (signal?.aborted !== true) {
    try {
      const code = await accounts.setUpCode();
      return code === null ? null : inviteUrl(config, code);
    } catch (error) {
      if (!isOutage(error)) throw error;
      await sleep(RETRY_MS, undefined, { ref: false });
    }
  }
  return null;
}
