import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { RetentionJob } from './retention-job.js';
import { TimerController } from './timer.controller.js';
import { TimerService } from './timer.service.js';

/** How long messages stay: the timers of chats, and the setting of the server. */
@Module({
  imports: [AuthModule, RoomsModule, InboxModule],
  controllers: [TimerController],
  providers: [TimerService, RetentionJob],
})
export class RetentionModule {}
