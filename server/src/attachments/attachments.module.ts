import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CONFIG, type Config } from '../config/config.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { AttachmentsCleaner } from './attachments-cleaner.js';
import { AttachmentsController } from './attachments.controller.js';
import { AttachmentsService } from './attachments.service.js';
import { FILE_STORAGE } from './storage/file-storage.js';
import { openStorage } from './storage/open-storage.js';
import { WatchedStorage } from './storage/watched-storage.js';
import { UploadsController } from './uploads.controller.js';

@Module({
  imports: [AuthModule, RoomsModule],
  controllers: [UploadsController, AttachmentsController],
  providers: [
    {
      provide: FILE_STORAGE,
      useFactory: ({ attachments }: Config) => new WatchedStorage(openStorage(attachments)),
      inject: [CONFIG],
    },
    AttachmentsService,
    AttachmentsCleaner,
  ],
  exports: [AttachmentsService, FILE_STORAGE],
})
export class AttachmentsModule {}
