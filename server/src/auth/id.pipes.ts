import { Injectable, type PipeTransform } from '@nestjs/common';
import { noSuchMessage, noSuchRoom } from '../errors/chat-error.js';
import { parseId } from './id.js';

/** An id in the path. A malformed id is answered like one that does not exist. */
@Injectable()
export class RoomIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const id = parseId(text);
    if (id === null) throw noSuchRoom();
    return id;
  }
}

@Injectable()
export class MessageIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const id = parseId(text);
    if (id === null) throw noSuchMessage();
    return id;
  }
}
