import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The columns of the table in roles.css. */
const THEMES = ['light', 'dark', 'light, more contrast', 'dark, more contrast'] as const;
type Theme = (typeof THEMES)[number];

const SYSTEM_COLOURS =
  /^(Canvas|CanvasText|LinkText|ButtonFace|ButtonText|Highlight|HighlightText|Mark|MarkText|GrayText)$/;

function read(name: string): string {
  return readFileSync(join(__dirname, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
}

/** The custom properties of the first `:root` block. */
function propertiesOf(css: string): Map<string, string> {
  const block = /:root\s*\{([^}]*)\}/.exec(css)?.[1] ?? '';
  const rows = block.split(';').map((row) => /^\s*--([\w-]+):\s*([\s\S]+)$/.exec(row));
  return new Map(rows.flatMap((row) => (row?.[1] && row[2] ? [[row[1], row[2].trim()]] : [])));
}

const scale = propertiesOf(read('scale.css'));
const roles = propertiesOf(read('roles.css'));

/** What stands in the parentheses of `var(--name, …)`. */
function column(row: string, name: string): string {
  const start = row.indexOf(`var(--${name},`);
  if (start < 0) throw new Error(`There is no --${name} in ${row}`);
  let depth = 0;
  for (let i = start; i < row.length; i++) {
    if (row[i] === '(') depth++;
    if (row[i] === ')' && --depth === 0) return row.slice(row.indexOf(',', start) + 1, i).trim();
  }
  throw new Error(`The parentheses of ${row} do not match`);
}

/** The colour of a role as `#rrggbb`. */
function colourOf(role: string, theme: Theme): string {
  const value = column(roles.get(role) ?? '', theme.includes('more') ? 'more' : 'standard');
  const both = /^light-dark\(\s*var\(--([\w-]+)\),\s*var\(--([\w-]+)\)\s*\)$/.exec(value);
  const name = both ? both[theme.startsWith('light') ? 1 : 2] : /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  const colour = scale.get(name ?? '');
  if (!colour || !/^#[0-9a-f]{6}$/.test(colour))
    throw new Error(`${role} is no colour of the scale: ${value}`);
  return colour;
}

function channels(colour: string): [number, number, number] {
  const at = (start: number) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [at(1), at(3), at(5)];
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2: 1 to 21. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** The hue in OKLCH, in degrees: as far apart as people see it. */
function hue(colour: string): number {
  const [r, g, b] = channels(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return (Math.atan2(B, A) * 180) / Math.PI;
}

const SURFACES = ['canvas', 'panel', 'raised', 'hover', 'selected', 'peer'];

/** Every pair of a colour and what it stands on or beside, and the least contrast of the two. */
const PAIRS: { least: number; most: string[]; on: string[] }[] = [
  // Neighbouring surfaces.
  { least: 1.3, most: ['canvas'], on: ['panel', 'peer', 'own'] },
  { least: 1.3, most: ['own'], on: ['peer'] },
  { least: 1.3, most: ['selected'], on: ['panel'] },
  // Text.
  { least: 4.5, most: ['ink', 'muted', 'accent', 'danger'], on: SURFACES },
  { least: 4.5, most: ['ink', 'own-muted', 'own-accent'], on: ['own'] },
  { least: 4.5, most: ['ink', 'danger'], on: ['danger-ground'] },
  { least: 4.5, most: ['unread'], on: ['canvas'] },
  { least: 4.5, most: ['on-brand'], on: ['brand', 'brand-hover'] },
  { least: 4.5, most: ['on-unread'], on: ['unread'] },
  { least: 4.5, most: ['on-danger'], on: ['danger'] },
  { least: 4.5, most: ['on-hit'], on: ['hit', 'hit-current'] },
  // Edges and shapes that mean something.
  { least: 3, most: ['edge'], on: ['canvas', 'panel', 'raised'] },
  { least: 3, most: ['brand'], on: ['canvas', 'panel', 'raised'] },
  { least: 3, most: ['unread', 'online'], on: ['panel', 'hover', 'selected'] },
  { least: 3, most: ['read'], on: ['own', 'panel', 'hover', 'selected'] },
];

describe('the colours', () => {
  it.each(THEMES)('keep their contrast in the theme %s', (theme) => {
    const failures: string[] = [];
    for (const { least, most, on } of PAIRS) {
      for (const front of most) {
        for (const ground of on) {
          const isMore = theme.includes('more') && ['ink', 'muted'].includes(front);
          const wanted = isMore ? 7 : least;
          const is = contrast(colourOf(front, theme), colourOf(ground, theme));
          if (is < wanted) failures.push(`${front} on ${ground}: ${is.toFixed(2)} is less than ${wanted}`);
        }
      }
    }
    expect(failures).toEqual([]);
  });

  it.each(THEMES)('give brand, presence, unread and read hues of their own in the theme %s', (theme) => {
    const names = ['brand', 'online', 'unread', 'read'];
    const near: string[] = [];
    for (const [i, a] of names.entries()) {
      for (const b of names.slice(i + 1)) {
        const turn = Math.abs(hue(colourOf(a, theme)) - hue(colourOf(b, theme)));
        const apart = Math.min(turn, 360 - turn);
        if (apart < 30) near.push(`${a} and ${b}: ${apart.toFixed(0)}° apart`);
      }
    }
    expect(near).toEqual([]);
  });

  it('have a colour of the system in each row for when colours are forced', () => {
    const wrong = [...roles].filter(([, row]) => !SYSTEM_COLOURS.test(column(row, 'forced')));
    expect(wrong).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'give the bars of the browser that of the panel on a %s device',
    (theme) => {
      const html = readFileSync(join(__dirname, '../../../index.html'), 'utf8');
      const tag = new RegExp(
        `name="theme-color" media="\\(prefers-color-scheme: ${theme}\\)" content="([^"]+)"`,
      );
      expect(tag.exec(html)?.[1]).toBe(colourOf('panel', theme));
    },
  );

  it('are named in the scale only: no other style has a colour of its own', () => {
    const others = ['components', 'base', 'layout', 'messages', 'controls', 'overlays', 'emoji', 'search'];
    const literals = others.flatMap((name) =>
      [...read(`${name}.css`).matchAll(/#[0-9a-f]{3,8}\b/gi)].map(([colour]) => `${name}.css: ${colour}`),
    );
    expect(literals).toEqual([]);
    expect(read('roles.css')).not.toMatch(/#[0-9a-f]{3}/i);
  });
});
