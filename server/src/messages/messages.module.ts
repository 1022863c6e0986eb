import { Module } from '@nestjs/common';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { UsersModule } from '../users/users.module.js';
import { Committed } from './committed.js';
import { Expiry } from './expiry.js';
import { MessageChangeLog } from './message-change-log.js';
import { MessageChangesController } from './message-changes.controller.js';
import { MessageChangesService } from './message-changes.service.js';
import { MessagesRepository } from './messages.repository.js';
import { MessageLog } from './message-log.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { PagesService } from './pages.service.js';
import { ReceiptLog } from './receipt-log.js';
import { ReceiptsService } from './receipts.service.js';
import { SendLimit } from './send-limit.js';
import { UnknownOutcomes } from './unknown-outcomes.js';

@Module({
  imports: [AttachmentsModule, AuthModule, RoomsModule, UsersModule],
  controllers: [MessagesController, MessageChangesController],
  providers: [
    Committed,
    Expiry,
    MessagesRepository,
    MessageChangeLog,
    MessageChangesService,
    MessageLog,
    MessagesService,
    PagesService,
    ReceiptLog,
    ReceiptsService,
    SendLimit,
    UnknownOutcomes,
  ],
  exports: [
    Committed,
    Expiry,
    MessagesRepository,
    MessageChangeLog,
    MessageChangesService,
    MessageLog,
    MessagesService,
    PagesService,
    ReceiptLog,
    ReceiptsService,
  ],
})
export class MessagesModule {}
