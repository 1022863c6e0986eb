import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { UsersModule } from '../users/users.module.js';
import { InboxController } from './inbox.controller.js';
import { InboxService } from './inbox.service.js';
import { ProfileChanges } from './profile-changes.js';
import { RoomListings } from './room-listings.js';
import { SyncService } from './sync.service.js';

@Module({
  imports: [AuthModule, RoomsModule, UsersModule, MessagesModule],
  controllers: [InboxController],
  providers: [InboxService, ProfileChanges, RoomListings, SyncService],
  exports: [InboxService, ProfileChanges, RoomListings, SyncService],
})
export class InboxModule {}
