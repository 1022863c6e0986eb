import type { ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';

/** A dialog about the other of a chat. */
export interface PeerDialogProps {
  room: ClientRoom;
  peer: User;
  onClose(): void;
}
