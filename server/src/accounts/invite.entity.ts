import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Lets people register. */
@Entity('invites')
@Index('invites_code_hash_key', ['codeHash'], { unique: true })
// There is one set-up invite at most, however many servers start at once.
@Index('invites_set_up_key', ['isSetUp'], { unique: true, where: 'is_set_up' })
export class InviteEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'invites_pkey',
  })
  id: number;

  /** SHA-256 of the code. */
  @Column('bytea', { name: 'code_hash' })
  codeHash: Buffer;

  /** For the first account of a server, regardless of REGISTRATION. */
  @Column('boolean', { name: 'is_set_up', default: false })
  isSetUp: boolean;

  @Column('integer', { default: 0 })
  uses: number;

  @Column('integer', { name: 'max_uses' })
  maxUses: number;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
