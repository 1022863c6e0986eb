import type { ClientFrame, ServerFrame } from '@parley/shared';
import type { BrowserContext, WebSocketRoute } from 'playwright-core';
import { until } from './chat-window';

/** The line between a page and the real server, which a story can spoil. */
export class Line {
  /** What happens to a frame from the server: passed on as it is returned, in that order. */
  onServerFrame: (frame: ServerFrame) => ServerFrame[] = (frame) => [frame];
  /** Frames of the page, as they went out. */
  readonly sent: ClientFrame[] = [];
  #isCut = false;
  #isSilent = false;
  readonly #routes = new Set<WebSocketRoute>();

  /** Every socket of the context goes over this line. To be called before its pages are opened. */
  static async of(context: BrowserContext): Promise<Line> {
    const line = new Line();
    await context.routeWebSocket(/\/ws\//, (route) => line.#connect(route));
    return line;
  }

  /** Resolves when the server has greeted a page. Until then the page may show all that it knows, but it has never been connected. */
  connected(): Promise<void> {
    return until(() => this.sent.some(({ type }) => type === 'sync'), 'the page is connected');
  }

  /** Cuts all sockets, and lets no new one through until `mend`. */
  async cut(): Promise<void> {
    this.#isCut = true;
    await Promise.all(
      [...this.#routes].map((route) => route.close({ code: 1006 }).catch(() => route.close())),
    );
    this.#routes.clear();
  }

  /** From now on nothing passes in either direction, and nothing is closed: as on a dead Wi-Fi. Until `mend`. */
  silence(): void {
    this.#isSilent = true;
  }

  /** What was silent stays so, as its frames are lost; new sockets are fine. */
  mend(): void {
    this.#isCut = false;
    this.#isSilent = false;
  }

  #connect(route: WebSocketRoute): void {
    if (this.#isCut) {
      void route.close();
      return;
    }
    this.#routes.add(route);
    const server = route.connectToServer();
    let hasLost = false;
    const isDead = () => (hasLost ||= this.#isSilent);
    route.onMessage((data) => {
      if (this.#isCut || isDead()) return;
      this.sent.push(JSON.parse(String(data)) as ClientFrame);
      server.send(data);
    });
    server.onMessage((data) => {
      if (this.#isCut || isDead()) return;
      for (const frame of this.onServerFrame(JSON.parse(String(data)) as ServerFrame))
        route.send(JSON.stringify(frame));
    });
  }
}
