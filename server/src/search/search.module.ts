import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { SearchController } from './search.controller.js';
import { SearchIndexer } from './search-indexer.service.js';
import { SearchService } from './search.service.js';

@Module({
  imports: [AuthModule, RoomsModule, MessagesModule],
  controllers: [SearchController],
  providers: [SearchService, SearchIndexer],
})
export class SearchModule {}
