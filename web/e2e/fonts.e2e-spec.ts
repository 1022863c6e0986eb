import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ASSETS = join(__dirname, '../dist/assets');
const FONT_BYTES = 60_000;

describe('the fonts', () => {
  it('are at most 60 kB together', () => {
    const fonts = readdirSync(ASSETS).filter((name) => name.endsWith('.woff2'));
    expect(fonts.length).toBe(3);
    const bytes = fonts.reduce((sum, name) => sum + statSync(join(ASSETS, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(FONT_BYTES);
  });
});
