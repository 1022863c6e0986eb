import { Body, Controller, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { User } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { fieldError } from '../errors/chat-error.js';
import { ApiBodyProblems } from '../http/api-problems.js';
import { Valid } from '../http/valid.pipe.js';
import { CreateUserDto, UserDto } from './user.dto.js';
import { UsersService } from './users.service.js';

const CREATION: FastifyContextConfig = { limit: 'creations' };

/** Users without an account, for simulation only. */
@ApiTags('Users')
@Controller('api/users')
export class SimulationUsersController {
  constructor(private readonly users: UsersService) {}

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
