import type { UserSettings } from '@parley/shared';
import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

/** What a user has set for the page. No row: nothing yet. */
@Entity('user_settings')
export class UserSettingsEntity {
  @PrimaryColumn('bigint', { name: 'user_id', primaryKeyConstraintName: 'user_settings_pkey' })
  userId: number;

  @OneToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'user_settings_user_id_fkey' })
  user: UserEntity;

  /** Only what the user has set: a default may change with a later version. */
  @Column('jsonb')
  settings: Partial<UserSettings>;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
