import { Controller, Delete, Head, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
  type ApiHeaderOptions,
} from '@nestjs/swagger';
import { UPLOAD_HOURS, type UserId } from '@parley/shared';
import { MemoryLocker, Server } from '@tus/server';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { CurrentUser } from '../auth/current-user.js';
import { CONFIG, type Config } from '../config/config.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiOtherProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { problem } from '../http/problem.js';
import { parseId } from '../auth/id.js';
import { AttachmentsService, noSuchUpload, quotaUsedUp, tooManyUploads } from './attachments.service.js';
import { EXTENSIONS, UploadStore } from './upload.store.js';

const PATH = '/api/uploads';
const WRONG_USER = fieldError('active_user', 'must be a positive integer');
const TUS_VERSION = '1.0.0';
/** Headers of the tus server that go on to the client. CORS and lengths are the business of others. */
const PASSED_ON = /^(tus-|upload-|location$|cache-control$)/;

/** What `OPTIONS` says of the protocol. */
const DISCOVERY = {
  'Tus-Resumable': TUS_VERSION,
  'Tus-Version': TUS_VERSION,
  'Tus-Extension': EXTENSIONS.join(','),
};
const UPLOAD_BODY: FastifyContextConfig = { takesFile: true, optionsHeaders: DISCOVERY };
const TUS_HEADER: ApiHeaderOptions = {
  name: 'Tus-Resumable',
  required: true,
  description: 'The version of the protocol.',
  schema: { type: 'string', enum: [TUS_VERSION] },
};
const OFFSET_HEADER: ApiHeaderOptions = {
  name: 'Upload-Offset',
  required: true,
  description: 'How many bytes the server has: where this body goes on.',
  schema: { type: 'integer', minimum: 0 },
};
const LENGTH_HEADER: ApiHeaderOptions = {
  name: 'Upload-Length',
  required: true,
  description: 'Bytes of the whole file.',
  schema: { type: 'integer', minimum: 1 },
};
const METADATA_HEADER: ApiHeaderOptions = {
  name: 'Upload-Metadata',
  required: false,
  description:
    '`filename` and `filetype`, each followed by a space and its value in Base64, with a comma between them.',
  schema: { type: 'string' },
};
/** What the tus server refuses by itself, beside 400, 403, 404 and 413. */
const WRONG_VERSION = problem(412, 'Tus-Resumable Required');
const REFUSED_BY_TUS = [
  WRONG_VERSION,
  problem(410, 'The file for this url no longer exists'),
  problem(423, 'failed to acquire lock before timeout'),
];
const WRONG_OFFSET = problem(409, 'Upload-Offset conflict');
const UPLOAD_ID = { ...ID, name: 'upload_id', example: 1, description: 'Id of the upload.' } as const;

/** Uploads in steps that can be taken up again: tus 1.0 (https://tus.io/protocols/resumable-upload). */
@ApiTags('Attachments')
@Controller('api/uploads')
export class UploadsController {
  /** Requests to the same upload, on this server: the later one waits until the earlier one has stored what it has. */
  readonly #locker = new MemoryLocker();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly attachments: AttachmentsService,
  ) {}

  @Post()
  @RouteConfig(UPLOAD_BODY)
  @ApiOperation({
    operationId: 'createUpload',
    summary: 'Begin an upload',
    description: `The answer names its URL in \`Location\`. Its bytes follow by \`PATCH\`, or come along. An upload that no message names is gone after ${UPLOAD_HOURS} hours.`,
  })
  @ApiHeader(TUS_HEADER)
  @ApiHeader(LENGTH_HEADER)
  @ApiHeader(METADATA_HEADER)
  @ApiQuery({ ...ACTIVE_USER, required: true })
  @ApiConsumes('application/offset+octet-stream')
  @ApiCreatedResponse({ description: 'The upload has begun.' })
  @ApiProblems(
    fieldError('Upload-Length', 'must be at least 1'),
    quotaUsedUp(1_073_741_824),
    tooManyUploads(),
  )
  @ApiOtherProblems(WRONG_VERSION)
  create(@CurrentUser() userId: UserId, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#answer(userId, request, reply);
  }

  @Head(':upload_id')
  @ApiOperation({
    operationId: 'getUpload',
    summary: 'See how far an upload is',
    description: '`Upload-Offset` says how many bytes the server has.',
  })
  @ApiParam(UPLOAD_ID)
  @ApiHeader(TUS_HEADER)
  @ApiQuery({ ...ACTIVE_USER, required: true })
  @ApiOkResponse({ description: 'The upload.' })
  @ApiProblems(WRONG_USER, noSuchUpload())
  @ApiOtherProblems(...REFUSED_BY_TUS)
  head(
    @Param('upload_id') id: string,
    @CurrentUser() userId: UserId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.#answerOwner(id, userId, request, reply);
  }

  @Patch(':upload_id')
  @RouteConfig(UPLOAD_BODY)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'continueUpload',
    summary: 'Go on with an upload',
    description:
      'The body is as much of the file as the client sends at once. What arrives before the connection breaks is kept. With ' +
      'the last byte the server looks at the file: an image is written again without its position data, turned upright.',
  })
  @ApiParam(UPLOAD_ID)
  @ApiHeader(TUS_HEADER)
  @ApiHeader(OFFSET_HEADER)
  @ApiQuery({ ...ACTIVE_USER, required: true })
  @ApiConsumes('application/offset+octet-stream')
  @ApiNoContentResponse({ description: 'The bytes are stored.' })
  @ApiProblems(fieldError('file', 'is not an image that can be read'), noSuchUpload())
  @ApiOtherProblems(...REFUSED_BY_TUS, WRONG_OFFSET)
  patch(
    @Param('upload_id') id: string,
    @CurrentUser() userId: UserId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.#answerOwner(id, userId, request, reply);
  }

  @Delete(':upload_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endUpload',
    summary: 'Give up an upload',
    description: 'Its bytes are removed.',
  })
  @ApiParam(UPLOAD_ID)
  @ApiHeader(TUS_HEADER)
  @ApiQuery({ ...ACTIVE_USER, required: true })
  @ApiNoContentResponse({ description: 'The upload is gone.' })
  @ApiProblems(WRONG_USER, noSuchUpload())
  @ApiOtherProblems(...REFUSED_BY_TUS)
  remove(
    @Param('upload_id') id: string,
    @CurrentUser() userId: UserId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.#answerOwner(id, userId, request, reply);
  }

  /** Before anything else: a request of another user must not even wait for the lock, for it would break off the owner's. */
  async #answerOwner(
    id: string,
    userId: UserId,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const uploadId = parseId(id);
    if (uploadId === null) throw noSuchUpload();
    await this.attachments.upload(uploadId, userId);
    await this.#answer(userId, request, reply);
  }

  async #answer(userId: UserId, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const store = new UploadStore(this.attachments, userId, UPLOAD_HOURS * 3_600_000);
    let failure: unknown = null;
    const server = new Server({
      path: PATH,
      datastore: store,
      locker: this.#locker,
      maxSize: this.config.attachments.maxBytes,
      // Where simulation names the user in the URL, it goes on naming it.
      generateUrl: (_, { id }) => `${PATH}/${id}${new URL(request.url, 'http://localhost').search}`,
      onUploadFinish: async (_, { id }) => {
        await this.attachments.finish(await this.attachments.upload(Number(id), userId), userId);
        return {};
      },
      onResponseError: (_, error) => {
        failure = store.failure ?? error;
        return undefined;
      },
    });
    const response = await server.handleWeb(toWeb(request));
    // What is left of a body that was refused is read all the same: the next request comes over the same connection.
    if (request.body instanceof Readable) request.body.removeAllListeners('data').resume();
    if (failure !== null && !isOfTus(failure)) throw failure;
    for (const [name, value] of response.headers) if (PASSED_ON.test(name)) void reply.header(name, value);
    if (response.status < 400) {
      await reply.status(response.status).send();
      return;
    }
    // 501: an extension that there is not; 500: another request of the user holds the lock.
    const status = { 500: 423, 501: 400 }[response.status] ?? response.status;
    const body = problem(status, (await response.text()).trim());
    await reply.status(status).type('application/problem+json').send(JSON.stringify(body));
  }
}

/** What the tus server itself refuses, with a sentence that may be sent. */
function isOfTus(failure: unknown): boolean {
  return typeof failure === 'object' && failure !== null && 'status_code' in failure;
}

/** The body only where the protocol has one: a request without one is not read. */
function toWeb({ method, url, headers, body }: FastifyRequest): Request {
  const init = { method, headers: Object.entries(headers).map(([name, value]) => [name, String(value)]) };
  const address = new URL(url, 'http://localhost');
  address.search = '';
  if (!(body instanceof Readable)) return new Request(address, init as RequestInit);
  const stream = Readable.toWeb(body);
  return new Request(address, { ...init, body: stream, duplex: 'half' } as unknown as RequestInit);
}
