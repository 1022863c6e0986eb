import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PushKeysService } from './push-keys.service.js';
import { PushSubscriptionsService } from './push-subscriptions.service.js';
import { PushController } from './push.controller.js';
import { PushService } from './push.service.js';

/** Web Push. */
@Module({
  imports: [AuthModule, MessagesModule],
  controllers: [PushController],
  providers: [PushKeysService, PushSubscriptionsService, PushService],
  exports: [PushSubscriptionsService],
})
export class PushModule {}
