import * as fc from 'fast-check';
import { linkify } from './linkify';

function linksIn(text: string): string[] {
  return linkify(text).flatMap((part) => (part.href === null ? [] : [part.text]));
}

const pieces = fc.array(
  fc.constantFrom(
    'http://',
    'https://',
    'HTTP://',
    'javascript:',
    'a.b',
    ' ',
    '\n',
    '(',
    ')',
    '.',
    '@',
    'www.',
    '.org',
    '<',
    '日本',
    '😀',
    '%',
  ),
);

describe('the host of a link', () => {
  it.each([
    ['https://example.org/a?b#c', null],
    ['HTTPS://Example.org:8443/', null],
    ['https://\u0430pple.com/id', 'xn--pple-43d.com'],
    ['https://münchen.de', 'xn--mnchen-3ya.de'],
    ['https://ｅxample.org', 'example.org'],
    ['https://%65xample.org', 'example.org'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
  ])('is shown when it is not what is written: %s', (address, host) => {
    expect(linkify(address)).toMatchObject([{ text: address, host }]);
  });

  it('ends at a direction mark, which would turn the rest around', () => {
    expect(linkify('https://example.org/\u202egpj.exe').map(({ text, href }) => [text, href])).toEqual([
      ['https://example.org/', 'https://example.org/'],
      ['\u202egpj.exe', null],
    ]);
  });
});

describe('linkify', () => {
  it.each([
    ['see https://example.org/a?b=c#d now', ['https://example.org/a?b=c#d']],
    ['Look: http://example.org.', ['http://example.org']],
    ['(https://example.org/x)', ['https://example.org/x']],
    ['https://en.wikipedia.org/wiki/Set_(maths)', ['https://en.wikipedia.org/wiki/Set_(maths)']],
    ['two http://a.test, https://b.test!', ['http://a.test', 'https://b.test']],
    ['HTTPS://Example.org', ['HTTPS://Example.org']],
    ['see.http://example.org', ['http://example.org']],
    ['www.example.com and example.org/path?q#x.', ['www.example.com', 'example.org/path?q#x']],
    ['on (example.org), EXAMPLE.COM:8080', ['example.org', 'EXAMPLE.COM:8080']],
    ['news.orf.at orf.at/ orf.at', ['news.orf.at', 'orf.at/']],
    ['*example.org* _example.org_', ['example.org', 'example.org']],
    [
      'mail bob.b+x@mail.example.org, or _al@example.museum_',
      ['bob.b+x@mail.example.org', 'al@example.museum'],
    ],
    ['пример.рф', ['пример.рф']],
  ])('finds the addresses in %j', (text, links) => expect(linksIn(text)).toEqual(links));

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'javascript://example.org/%0Aalert(1)',
    'data://example.org/x',
    'file://example.org/x',
    'ftp://example.org',
    'xhttp://example.org',
    'http://',
    'https://...',
    'http://me:secret@example.org',
    'It is late.De Vries said',
    'ok.it works.so far',
    'README.md, main.py, a.rs, install.sh, v1.2.3, 10.0.0.1, e.g. this',
    'console.dev(1) user.name array.at(2) @example.org a=example.org',
    '../example.org ./example.org -example.org/ a/example.org',
    'bob@localhost bob@example a@b@example.org @bob',
    '...www.. www. www.a -.com .org',
    'java\nscript:alert(1)//http',
  ])('makes no link of %j', (text) => expect(linksIn(text)).toEqual([]));

  it('loses and adds nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          expect(
            linkify(text)
              .map((part) => part.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });

  it('links to http, https and mailto only', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const { href } of linkify(parts.join('')))
          expect(href === null || /^(https?:\/\/|mailto:)/.test(href)).toBe(true);
      }),
    );
  });

  it.each(['http://', 'http://a(', 'https://a.b)', 'h', 'http://a ', '((((', 'http://a.....'])(
    'takes time in proportion to the length of %j repeated',
    (piece) => {
      const short = fastest(piece.repeat(64_000 / piece.length));
      const long = fastest(piece.repeat(256_000 / piece.length));
      // Four times the text; a quadratic walk would take sixteen times as long, and seconds. The 50 ms is noise.
      expect(long).toBeLessThan(8 * short + 50);
    },
  );
});

function fastest(text: string): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    linkify(text);
    return performance.now() - start;
  });
  return Math.min(...times);
}
