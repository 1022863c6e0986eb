import type { Room, User } from '@parley/shared';
import { startChromium } from '../../bench/lib/devtools.mjs';
import { CONTENT, remember, serveLine, SLOW_4G, visit } from '../../bench/lib/loads.mjs';
import { chromiumPath, roomPath } from '../e2e/support/chat-window';
import { fillRoom } from '../e2e/support/fill-room';
import { setUpStage } from '../e2e/support/stage';
import { isKept, type Measured } from './support/goals';
import { makeChats } from './support/many-chats';
import { SLOWDOWN } from './support/reference';

// With all attempts.
jest.setTimeout(300_000);

/** About as many chats as in the measurements of docs/performance.md. */
const CHATS = 60;
const VISITS = 3;
/** Until the content of a chat is there that a link leads to, with slow 4G. */
const LINK_MS = 1_200;
/** Until the content is there in a browser that has the page and the chats. */
const SECOND_VISIT_MS = 250;
/** What one line of HTML takes on the machine of the goals at least, when the browser has been there before (docs/performance.md). */
const LINE_MS = 100;
const LINE = { slowdown: SLOWDOWN, network: null, overMs: 1_000 };
const FAST = { slowdown: SLOWDOWN, network: null };
const SLOW = { slowdown: SLOWDOWN, network: SLOW_4G };

type Browser = Awaited<ReturnType<typeof startChromium>>;
type Context = Awaited<ReturnType<Browser['newContext']>>;

describe('with a CPU four times as slow', () => {
  let alice: User;
  let room: Room;
  // Without a driver, which would be half of what is measured.
  let browser: Browser;
  let line: Awaited<ReturnType<typeof serveLine>>;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeAll(async () => {
    alice = await server.person('alice');
    // The last one is read: it opens at its end.
    ({ room } = (await makeChats(server, alice, CHATS)).at(-1)!);
    await fillRoom(room, alice, 200, 'minute');
    browser = await startChromium(chromiumPath);
    line = await serveLine();
  });
  afterAll(async () => {
    line?.close();
    await browser?.close();
  });

  const urls = {
    list: () => `${server.origin}/?as=${alice.username}`,
    link: () => server.origin + roomPath(room, alice),
  };

  /**
   * The fastest of some visits, each by a browser that comes for the first time, and of one line of HTML, which it has had before:
   * what else the machine does only adds to them, and single visits may take twice as long.
   */
  async function measure(visitPage: (context: Context) => Promise<number>): Promise<Measured> {
    const [pages, lines] = [[], []] as [number[], number[]];
    for (let n = 0; n < VISITS; n++) {
      const context = await browser.newContext();
      await visit(context, line.url, CONTENT['one line of HTML'], LINE);
      lines.push((await visit(context, line.url, CONTENT['one line of HTML'], LINE)).content_ms);
      pages.push(await visitPage(context));
      await context.close();
    }
    return { ms: Math.min(...pages), referenceMs: Math.min(...lines) };
  }

  it('the content of a link is there in time on a first visit with slow 4G', () =>
    isKept('A link', LINK_MS, LINE_MS, () =>
      measure(async (context) => (await visit(context, urls.link(), CONTENT['deep link'], SLOW)).content_ms),
    ));

  it.each([
    ['list', CONTENT.list],
    ['link', CONTENT['deep link']],
  ] as const)('the content of the %s is there in time on a second visit', (view, content) =>
    isKept(`A second visit of the ${view}`, SECOND_VISIT_MS, LINE_MS, () =>
      measure(async (context) => {
        await remember(context, urls[view]());
        return (await visit(context, urls[view](), content, FAST)).content_ms;
      }),
    ),
  );
});
