import { CLIENT_FRAMES } from '../../../src/realtime/client-frames.dto.js';
import { Commands } from '../../../src/realtime/commands.js';
import { Parley } from '../../support/parley.js';

describe('the table of commands', () => {
  it('has a shape, a permission and an act for every frame that a client may send', async () => {
    const parley = await Parley.start();
    const commands = parley.app.get(Commands);
    for (const type of Object.keys(CLIENT_FRAMES) as (keyof typeof CLIENT_FRAMES)[]) {
      expect(commands[type]).toEqual({
        dto: CLIENT_FRAMES[type],
        permit: expect.any(Function),
        run: expect.any(Function),
      });
    }
    await parley.stop();
  });
});
