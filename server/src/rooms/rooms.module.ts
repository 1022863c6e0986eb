import { Module } from '@nestjs/common';
import { MembershipService } from './membership.service.js';
import { RoomPrivacy } from './room-privacy.js';

@Module({ providers: [MembershipService, RoomPrivacy], exports: [MembershipService, RoomPrivacy] })
export class RoomsModule {}
