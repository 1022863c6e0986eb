import { Inject, Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { ValidBase } from '../http/valid.pipe.js';
import { CreateRoomDto, OpenRoomDto } from './room.dto.js';

/** The body of `POST /api/rooms/create/`: in simulation it must name the current user, with accounts the session does. */
@Injectable()
export class RoomBodyPipe implements PipeTransform<unknown, object> {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @throws ChatError `bad_frame` that names the fields and the rules. */
  transform(body: unknown, metadata: ArgumentMetadata): object {
    const metatype = this.config.accounts ? OpenRoomDto : CreateRoomDto;
    return ValidBase.transform(body, { ...metadata, metatype });
  }
}
