import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { UserId } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { parseId } from '../auth/id.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { problem } from '../http/problem.js';
import { AttachmentsService, noSuchAttachment } from './attachments.service.js';
import { rangeOf } from './byte-range.js';
import { isShownInline } from './file-kind.js';
import { contentDisposition } from './file-name.js';

const A_FILE: FastifyContextConfig = { sendsFile: true };
const BINARY = { type: 'string', format: 'binary' } as const;

/** The files of messages. */
@ApiTags('Attachments')
@Controller('api/attachments')
export class AttachmentsController {
  constructor(private readonly attachments: AttachmentsService) {}

  @Get(':attachment_id/:name')
  @RouteConfig(A_FILE)
  @ApiOperation({
    operationId: 'getAttachment',
    summary: 'Get the file of an attachment',
    description:
      'For the two members of the room, as long as they see the message. `Range` and `If-None-Match` are obeyed. Images, sound, ' +
      'film and PDF are shown by a browser, in a sandbox; everything else is saved. The server does not read the name in the URL.',
  })
  @ApiParam({ ...ID, name: 'attachment_id', example: 1, description: 'Id of the attachment.' })
  @ApiParam({ name: 'name', type: 'string', example: 'photo.jpg', description: 'Any name: it is not read.' })
  @ApiQuery({ ...ACTIVE_USER, required: true })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ description: 'The file.', schema: BINARY })
  @ApiResponse({ status: 206, description: 'A part of the file.', schema: BINARY })
  @ApiResponse({ status: 304, description: 'The file that the client has.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'), noSuchAttachment())
  file(
    @Param('attachment_id') id: string,
    @CurrentUser() userId: UserId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.#send('file', id, userId, request, reply);
  }

  @Get(':attachment_id/thumbnail/:name')
  @RouteConfig(A_FILE)
  @ApiOperation({
    operationId: 'getThumbnail',
    summary: 'Get the thumbnail of an image',
    description: 'A smaller picture of a large image, as WebP, to the same users as the image.',
  })
  @ApiParam({ ...ID, name: 'attachment_id', example: 1, description: 'Id of the attachment.' })
  @ApiParam({
    name: 'name',
    type: 'string',
    example: 'thumbnail.webp',
    description: 'Any name: it is not read.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: true })
  @ApiProduces('image/webp')
  @ApiOkResponse({ description: 'The thumbnail.', schema: BINARY })
  @ApiResponse({ status: 206, description: 'A part of it.', schema: BINARY })
  @ApiResponse({ status: 304, description: 'The one that the client has.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'), noSuchAttachment())
  thumbnail(
    @Param('attachment_id') id: string,
    @CurrentUser() userId: UserId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.#send('thumbnail', id, userId, request, reply);
  }

  async #send(
    part: 'file' | 'thumbnail',
    rawId: string,
    userId: UserId,
    { headers, method }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const id = parseId(rawId);
    if (id === null) throw noSuchAttachment();
    const file = await this.attachments.file(id, userId);
    const isThumbnail = part === 'thumbnail';
    if (isThumbnail && !file.has_thumbnail) throw noSuchAttachment();

    const etag = `"${file.key}${isThumbnail ? '-t' : ''}"`;
    void reply.headers({
      ETag: etag,
      // Kept, but asked for again with every use: the message may be gone, or another user at the device.
      'Cache-Control': 'private, no-cache',
      'Accept-Ranges': isThumbnail ? 'none' : 'bytes',
    });
    if (headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      await reply.status(304).send();
      return;
    }
    const type = isThumbnail ? 'image/webp' : file.type;
    void reply.headers({
      'Content-Type': type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
      'Content-Disposition': contentDisposition(
        isThumbnail ? 'thumbnail.webp' : file.name,
        isShownInline(type),
      ),
    });
    // Small, and of a size that no row knows.
    if (isThumbnail) {
      await reply.send(await this.attachments.read(file, part));
      return;
    }

    const isCurrent = headers['if-range'] === undefined || headers['if-range'] === etag;
    const range = isCurrent ? rangeOf(headers.range, file.size) : null;
    if (range === 'unsatisfiable') {
      void reply.header('Content-Range', `bytes */${file.size}`).removeHeader('Content-Disposition');
      const body = problem(416, 'Range: begins beyond the end of the file.');
      await reply.status(416).type('application/problem+json').send(JSON.stringify(body));
      return;
    }
    if (range) {
      const { start, end } = range;
      void reply.status(206).header('Content-Range', `bytes ${start}-${end}/${file.size}`);
    }
    void reply.header('Content-Length', range ? range.end - range.start + 1 : file.size);
    await reply.send(method === 'HEAD' ? null : await this.attachments.read(file, part, range ?? undefined));
  }
}
