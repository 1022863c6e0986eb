import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdmissionService } from './admission.js';
import { ChatGateway } from './chat.gateway.js';
import { Commands } from './commands.js';
import { Connections } from './connections.js';
import { FrameAccess } from './frame-access.js';
import { FrameLimits } from './frame-limits.js';
import { Heartbeat } from './heartbeat.js';
import { PresenceDelivery } from './presence-delivery.js';
import { SessionSockets } from './session-sockets.js';
import { TypingThrottle } from './typing-throttle.js';

@Module({
  imports: [AuthModule, RoomsModule, UsersModule, InboxModule, MessagesModule, PresenceModule],
  providers: [
    AdmissionService,
    ChatGateway,
    Commands,
    Connections,
    FrameAccess,
    FrameLimits,
    Heartbeat,
    PresenceDelivery,
    SessionSockets,
    TypingThrottle,
  ],
})
export class RealtimeModule {}
