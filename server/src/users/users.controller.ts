import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAX_USERS, type User } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { fieldError } from '../errors/chat-error.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { Valid, ValidBase } from '../http/valid.pipe.js';
import { CreateUserDto, UserDto, UsersQuery } from './user.dto.js';
import { UsersService } from './users.service.js';

const CREATION: FastifyContextConfig = { limit: 'creations' };

@ApiTags('Users')
@Controller('api/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'List users',
    description: 'Everyone whose name contains `search`, names that begin with it first, else by id.',
  })
  @ApiOkResponse({ type: [UserDto], description: 'The users, at most `limit`.' })
  @ApiProblems(fieldError('limit', 'must not be greater than 500'))
  list(@Query(ValidBase) query: UsersQuery): Promise<User[]> {
    return this.users.search(query.search ?? '', query.limit ?? MAX_USERS);
  }

  @Post()
  @RouteConfig(CREATION)
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Create a user',
    description: 'In simulation only. The name is unique without regard to case.',
  })
  @ApiCreatedResponse({ type: UserDto, description: 'The new user.' })
  @ApiBodyProblems(
    fieldError('username', 'must be longer than or equal to 1 characters'),
    fieldError('username', 'is taken', 'conflict'),
  )
  create(@Body(Valid) body: CreateUserDto): Promise<User> {
    return this.users.create(body.username);
  }
}
