import type { CDPSession, Locator, Page } from 'playwright-core';

/** A finger on the screen. */
export interface Finger {
  /** Moves it by so many pixels, in steps, as a hand does. */
  move(x: number, y: number): Promise<void>;
  release(): Promise<void>;
  /** The browser takes it for something of its own. */
  cancel(): Promise<void>;
}

/** Fingers that rest and move: Playwright itself only taps. */
export class Fingers {
  private constructor(private readonly session: CDPSession) {}

  static async on(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page));
  }

  /** Puts a finger on the middle of an element. */
  async press(target: Locator): Promise<Finger> {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error('It is not in sight.');
    return this.pressAt(box.x + box.width / 2, box.y + box.height / 2);
  }

  /** Puts a finger on a point of the window. */
  async pressAt(left: number, top: number): Promise<Finger> {
    let [x, y] = [left, top];
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel') =>
      this.session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' || type === 'touchCancel' ? [] : [{ x, y }],
      });
    await touch('touchStart');
    return {
      async move(byX, byY) {
        for (let step = 0; step < 8; step++) {
          x += byX / 8;
          y += byY / 8;
          await touch('touchMove');
        }
      },
      release: async () => void (await touch('touchEnd')),
      cancel: async () => void (await touch('touchCancel')),
    };
  }
}
