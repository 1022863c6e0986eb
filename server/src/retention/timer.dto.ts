import { ApiProperty } from '@nestjs/swagger';
import { MAX_TIMER_SECONDS, MIN_TIMER_SECONDS, type SetTimer } from '@parley/shared';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';
import { OptionalId } from '../http/fields.js';

export class SetTimerDto implements SetTimer {
  @ApiProperty({
    type: 'integer',
    minimum: MIN_TIMER_SECONDS,
    maximum: MAX_TIMER_SECONDS,
    nullable: true,
    example: 86_400,
    description: 'A new message disappears this long after it was sent. Null: new messages stay.',
  })
  @ValidateIf((_, value) => value !== null)
  @IsInt()
  @Min(MIN_TIMER_SECONDS)
  @Max(MAX_TIMER_SECONDS)
  seconds: number | null;

  @OptionalId({ example: 1, description: 'The user who sets it; `?active_user=` names it as well.' })
  active_user_id?: number;
}
