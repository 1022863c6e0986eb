import { Inject, Injectable } from '@nestjs/common';
import {
  MAX_PUSH_SUBSCRIPTIONS,
  type CreatePushSubscription,
  type PushSubscriptionInfo,
  type UserId,
} from '@parley/shared';
import { createECDH } from 'node:crypto';
import type { Session } from '../auth/sessions.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { faultOfEndpoint } from './endpoint.js';
import * as sql from './push.sql.js';

interface Row {
  id: number;
  endpoint: string;
  created_at: Date;
}

export function noSuchSubscription(): ChatError {
  return new ChatError('not_found', 'There is no such subscription.');
}

/** The refusal of one more browser. */
export function tooManySubscriptions(): ChatError {
  return new ChatError('too_many', `At most ${MAX_PUSH_SUBSCRIPTIONS} browsers of a user are pushed to.`);
}

/** The browsers of users that messages are pushed to. */
@Injectable()
export class PushSubscriptionsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
  ) {}

  async list(userId: UserId): Promise<PushSubscriptionInfo[]> {
    return (await this.database.query<Row>(sql.LIST, [userId])).map(infoOf);
  }

  /**
   * Adds a browser, or renews it.
   * @param session with which it ends; null in simulation.
   * @throws ChatError `bad_frame`, `too_many`.
   */
  async create(
    userId: UserId,
    session: Session | null,
    { endpoint, p256dh, auth }: CreatePushSubscription,
  ): Promise<{ subscription: PushSubscriptionInfo; created: boolean }> {
    const fault = faultOfEndpoint(endpoint, this.config.push.allowLoopback);
    if (fault) throw fieldError('endpoint', fault);
    if (!isKey(p256dh)) throw fieldError('p256dh', 'must be a point of the curve P-256');
    const values = [userId, endpoint, p256dh, auth];
    const [row] = session
      ? await this.database.query<Row & { created: boolean }>(sql.CREATE_IN_SESSION, [...values, session.id])
      : await this.database.query<Row & { created: boolean }>(sql.CREATE, values);
    if (!row) throw tooManySubscriptions();
    return { subscription: infoOf(row), created: row.created };
  }

  /** @throws ChatError `not_found` when the user has no such subscription. */
  async remove(userId: UserId, id: number): Promise<void> {
    if ((await this.database.query(sql.REMOVE, [userId, id])).length === 0) throw noSuchSubscription();
  }
}

/** Without the endpoint itself, which is a secret of the browser. */
function infoOf({ id, endpoint, created_at }: Row): PushSubscriptionInfo {
  return { id, host: new URL(endpoint).host, created_at: created_at.toISOString() };
}

/** Whether something can be encrypted for it. */
function isKey(p256dh: string): boolean {
  const own = createECDH('prime256v1');
  own.generateKeys();
  try {
    return own.computeSecret(Buffer.from(p256dh, 'base64url')).length > 0;
  } catch {
    // Not on the curve.
    return false;
  }
}
