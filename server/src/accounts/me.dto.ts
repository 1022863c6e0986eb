import type { UpdateMe } from '@parley/shared';
import { DisplayName } from './accounts.dto.js';

export class UpdateMeDto implements UpdateMe {
  @DisplayName('What others see.')
  display_name?: string;
}
