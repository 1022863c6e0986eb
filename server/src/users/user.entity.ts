import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

// Unique without regard to case: an index on an expression, which TypeORM cannot write, hence synchronize: false.
@Index('users_username_key', { synchronize: false })
// For the search; not there where PostgreSQL has no pg_trgm.
@Index('users_username_search_idx', { synchronize: false })
@Index('users_folded_name_search_idx', { synchronize: false })
// For servers of the version before, which search by it during a rolling upgrade. To be dropped in a later version.
@Index('users_display_name_search_idx', { synchronize: false })
@Entity('users')
export class UserEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'users_pkey',
  })
  id: number;

  @Column('text')
  username: string;

  @Column('text', { name: 'display_name' })
  displayName: string;

  /** What the user hides from the other of a chat where the chat does not say: bits of HIDES (privacy.ts). */
  @Column('integer', { default: 0 })
  hides: number;

  /** Counts the user's changes of how rooms are kept in the list (RoomMemberSettingsEntity). */
  @Column('bigint', { name: 'listing_rev', default: 0 })
  listingRev: number;
  /** The picture: `key` of the attachment that holds it, which is in no message. */
  @Column('uuid', { nullable: true })
  avatar: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
