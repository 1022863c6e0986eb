import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { UsersModule } from '../users/users.module.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';
import { SyncService } from './sync.service.js';

@Module({
  imports: [AuthModule, UsersModule, MessagesModule],
  controllers: [RoomsController],
  providers: [RoomsService, SyncService],
  exports: [RoomsService, SyncService],
})
export class RoomsModule {}
