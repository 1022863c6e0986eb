import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A challenge that an authenticator is to sign: one attempt. The row is deleted by its use. */
@Entity('passkey_challenges')
@Index('passkey_challenges_expires_at_idx', ['expiresAt'])
export class PasskeyChallengeEntity {
  /** 256 random bits as base64url. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'passkey_challenges_pkey' })
  challenge: string;

  /** `login`, `register`, `add` or `proof`: a signature for one is of no use for another. */
  @Column('text')
  purpose: string;

  /** The session in which it may be used; null: none is needed. */
  @Column('bigint', { name: 'session_id', nullable: true })
  sessionId: number | null;

  /** Origin of the page that asked for it, and the only one that may use it. */
  @Column('text')
  origin: string;

  /** `register`: what the user asked for. */
  @Column('jsonb', { nullable: true })
  registration: object | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
