import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

/** The newest message of a room that was pushed to a user who has not read it: when it is read, the notification goes. */
@Entity('push_shown')
export class PushShownEntity {
  @PrimaryColumn('bigint', { name: 'user_id', primaryKeyConstraintName: 'push_shown_pkey' })
  userId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'push_shown_user_id_fkey' })
  user: UserEntity;

  @PrimaryColumn('bigint', { name: 'room_id', primaryKeyConstraintName: 'push_shown_pkey' })
  roomId: number;

  @Column('bigint')
  seq: number;
}
