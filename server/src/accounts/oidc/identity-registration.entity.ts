import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A login with an identity that has no user yet: it waits until its username is chosen. */
@Entity('identity_registrations')
@Index('identity_registrations_expires_at_idx', ['expiresAt'])
export class IdentityRegistrationEntity {
  /** SHA-256 of the token in the browser's cookie. */
  @PrimaryColumn('bytea', { name: 'token_hash', primaryKeyConstraintName: 'identity_registrations_pkey' })
  tokenHash: Buffer;

  @Column('text')
  issuer: string;

  @Column('text')
  subject: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
