import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { AccountEntity } from '../account.entity.js';

/** The public half of a passkey: the private one does not leave the user's device, or its provider. */
@Entity('passkeys')
@Index('passkeys_credential_id_key', ['credentialId'], { unique: true })
@Index('passkeys_user_id_idx', ['userId'])
export class PasskeyEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'passkeys_pkey',
  })
  id: number;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @ManyToOne(() => AccountEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'passkeys_user_id_fkey' })
  account: AccountEntity;

  @Column('bytea', { name: 'credential_id' })
  credentialId: Buffer;

  /** COSE key. */
  @Column('bytea', { name: 'public_key' })
  publicKey: Buffer;

  /** Uses, as the authenticator counts them. Many count none: then it stays 0. */
  @Column('bigint', { name: 'sign_count' })
  signCount: number;

  /** How the authenticator can be reached, for browsers: `internal`, `hybrid`, `usb`, `nfc`, `ble`. */
  @Column('text', { array: true })
  transports: string[];

  /** Id of the relying party: the host of the page. */
  @Column('text', { name: 'rp_id' })
  rpId: string;

  @Column('text')
  name: string;

  @Column('boolean', { name: 'is_synced' })
  isSynced: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}
