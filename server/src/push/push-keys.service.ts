import { Injectable } from '@nestjs/common';
import webpush from 'web-push';
import { Database } from '../database/database.js';
import { KEYS, MAKE_KEYS } from './push.sql.js';

export interface PushKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The keys of this server for push services (VAPID), which all servers of a database share. */
@Injectable()
export class PushKeysService {
  #keys: Promise<PushKeys> | null = null;

  constructor(private readonly database: Database) {}

  /** Makes them when there are none. @throws the error of the database: then they are read the next time. */
  get(): Promise<PushKeys> {
    this.#keys ??= this.#read().catch((error: unknown) => {
      this.#keys = null;
      throw error;
    });
    return this.#keys;
  }

  async #read(): Promise<PushKeys> {
    const [row] = await this.#find();
    if (row) return keysOf(row);
    const made = webpush.generateVAPIDKeys();
    await this.database.query(MAKE_KEYS, [made.publicKey, made.privateKey]);
    // Those of another server, if that was quicker.
    const [stored] = await this.#find();
    if (!stored) throw new Error('The keys of pushes are not stored.');
    return keysOf(stored);
  }

  #find(): Promise<{ public_key: string; private_key: string }[]> {
    return this.database.query(KEYS, []);
  }
}

function keysOf(row: { public_key: string; private_key: string }): PushKeys {
  return { publicKey: row.public_key, privateKey: row.private_key };
}
