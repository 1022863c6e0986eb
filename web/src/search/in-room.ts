import type { ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';
import type { RoomLog } from '../messages/log/room-log';

/** The room to search in, as its header has it. */
export interface InRoom {
  room: ClientRoom;
  peer: User;
  log: RoomLog;
}
