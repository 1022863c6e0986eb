import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAX_USERS, type User } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
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
  @ApiOperation({ summary: 'Everyone there is to be and to talk to' })
  @ApiOkResponse({ type: [UserDto] })
  @ApiProblems(400)
  list(@Query(ValidBase) query: UsersQuery): Promise<User[]> {
    return this.users.search(query.search ?? '', query.limit ?? MAX_USERS);
  }

  @Post()
  @RouteConfig(CREATION)
  @ApiOperation({ summary: 'A new user (simulation only)' })
  @ApiCreatedResponse({ type: UserDto })
  @ApiBodyProblems(400, 409)
  create(@Body(Valid) body: CreateUserDto): Promise<User> {
    return this.users.create(body.username);
  }
}
