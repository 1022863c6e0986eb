import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The key pair by which push services know this server (VAPID, RFC 8292): made by the first server that starts. */
@Entity('push_keys')
export class PushKeysEntity {
  /** Always true: there is one row. */
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'push_keys_pkey' })
  id: boolean;

  /** Base64url, as browsers get it. */
  @Column('text', { name: 'public_key' })
  publicKey: string;

  /** Base64url. In no log and no answer. */
  @Column('text', { name: 'private_key' })
  privateKey: string;
}
