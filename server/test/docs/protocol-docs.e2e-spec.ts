import {
  ACK_DOCS,
  CLIENT_FRAME_DOCS,
  CLOSE_CODE_DOCS,
  CLOSE_CODES,
  ERROR_CODE_DOCS,
  ERROR_CODES,
  PROTOCOL_VERSION,
  SERVER_FRAME_DOCS,
  TYPING_FADE_SECONDS,
  TYPING_REPEAT_SECONDS,
} from '@parley/shared';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATUS } from '../../src/errors/chat-error.js';
import { readConfig } from '../../src/config/config.js';

const page = readFileSync(join(__dirname, '../../../docs/protocol.md'), 'utf8');

/** The rows of the table under a heading, as their cells. */
function table(heading: string): string[][] {
  const [, after = ''] = page.split(`\n${heading}\n`);
  const [section = ''] = after.split(/\n#+ /);
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The names of fields in a cell, in alphabetical order, without what follows them. */
const namesIn = (cell: string) =>
  [...new Set([...cell.matchAll(/`(\w+)\??`/g)].map(([, name]) => name!))].toSorted();
const fieldsOf = (example: object) => Object.keys(example).filter((key) => key !== 'type' && key !== 'ref');
const words = ({ summary, description }: { summary: string; description: string }) =>
  `${summary} ${description}`;

/** The limit beside a setting, its thousands without a comma. */
const limitOf = (setting: string) =>
  table('## Limits')
    .find(([, , settings = '']) => settings.includes(`\`${setting}\``))?.[1]
    ?.replace(/(\d),(\d{3})/, '$1$2') ?? '';

describe('docs/protocol.md', () => {
  it('has every frame of a client, with the words of shared/ and the fields of its ack', () => {
    const rows = table('### Frames of the client');
    expect(rows.map(([type, , meaning]) => [type, meaning])).toEqual(
      Object.entries(CLIENT_FRAME_DOCS).map(([type, doc]) => [`\`${type}\``, words(doc)]),
    );
    for (const [type = '', fields = '', , ack = ''] of rows) {
      const name = type.slice(1, -1) as keyof typeof CLIENT_FRAME_DOCS;
      expect(namesIn(fields)).toEqual(expect.arrayContaining(fieldsOf(CLIENT_FRAME_DOCS[name].example)));
      expect(namesIn(ack)).toEqual(fieldsOf(ACK_DOCS[name].example).toSorted());
    }
  });

  it('has every frame of the server, with the words of shared/ and its fields', () => {
    const rows = table('### Frames of the server').filter(([type]) => type !== '`ack`');
    expect(rows.map(([type, , meaning]) => [type, meaning])).toEqual(
      Object.entries(SERVER_FRAME_DOCS).map(([type, doc]) => [`\`${type}\``, words(doc)]),
    );
    for (const [type = '', fields = ''] of rows) {
      const name = type.slice(1, -1) as keyof typeof SERVER_FRAME_DOCS;
      expect(namesIn(fields)).toEqual(expect.arrayContaining(fieldsOf(SERVER_FRAME_DOCS[name].example)));
    }
  });

  it('has every error code, whether to retry, and its status over HTTP', () => {
    expect(table('## Error codes')).toEqual(
      Object.entries(ERROR_CODES).map(([code, { retry }]) => {
        const name = code as keyof typeof ERROR_CODES;
        const status = name === 'unknown_type' ? '' : String(STATUS[name]);
        return [`\`${name}\``, ERROR_CODE_DOCS[name], retry ? 'yes' : 'no', status];
      }),
    );
  });

  it('has every close code, and whether to reconnect', () => {
    const rows = table('## Close codes');
    for (const [name, { code, reconnect }] of Object.entries(CLOSE_CODES)) {
      expect(rows).toContainEqual([
        String(code),
        `\`${name}\``,
        CLOSE_CODE_DOCS[name as keyof typeof CLOSE_CODES],
        expect.stringMatching(reconnect ? /^yes/ : /^no$/) as string,
      ]);
    }
    const own = Object.values(CLOSE_CODES).map(({ code }) => String(code));
    expect(rows.filter(([, name]) => name !== '').map(([code]) => code)).toEqual(own);
  });

  it('names only settings that exist, and the default of each limit', () => {
    const names = [...page.matchAll(/`([A-Z][A-Z_]+[A-Z])(?:=\w+)?`/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(10);
    const known = readFileSync(join(__dirname, '../../src/config/config.ts'), 'utf8');
    for (const name of new Set(names))
      expect({ name, isKnown: known.includes(`'${name}'`) }).toEqual({ name, isKnown: true });

    const { limits } = readConfig({});
    const { rates } = limits;
    expect(limitOf('TEXT_MAX_LENGTH')).toContain(`${limits.textLength} characters`);
    expect(limitOf('FRAME_MAX_BYTES')).toBe(`${limits.frameBytes / 1024} KiB`);
    expect(limitOf('MESSAGES_BURST')).toBe(
      `${rates!.messages.perSecond} a second, ${rates!.messages.burst} at once`,
    );
    expect(limitOf('FRAMES_BURST')).toContain(
      `${rates!.frames.perSecond} a second, ${rates!.frames.burst} at once`,
    );
    expect(limitOf('RECEIPTS_BURST')).toBe(
      `${rates!.receipts.perSecond} a second, ${rates!.receipts.burst} at once`,
    );
    expect(limitOf('BYTES_BURST')).toBe(
      `${rates!.bytes.perSecond / 1024} KiB a second, ${rates!.bytes.burst / 1024} KiB at once`,
    );
    for (const [setting, { perSecond, burst }] of [
      ['REQUESTS_BURST', rates!.requests],
      ['CREATIONS_BURST', rates!.creations],
    ] as const) {
      expect(limitOf(setting)).toContain(`${perSecond} a second, ${burst} at once`);
    }
    expect(limitOf('NEW_CHATS_PER_HOUR')).toBe(`${rates!.newChatsPerHour} an hour`);
    expect(limitOf('SOCKETS_PER_USER')).toBe(String(rates!.socketsPerUser));
    expect(limitOf('CONNECTIONS_PER_ADDRESS')).toBe(String(rates!.connectionsPerIp));
    expect(limitOf('SOCKETS_PER_ADDRESS')).toBe(String(rates!.socketsPerIp));
    expect(limitOf('TYPING_INTERVAL_SECONDS')).toContain(`every ${limits.typingIntervalMs / 1_000} s`);
    expect(limitOf('HEARTBEAT_SECONDS')).toBe(`every ${limits.heartbeatMs / 1_000} s`);
    expect(limitOf('PRESENCE_GRACE_SECONDS')).toBe(`${limits.presenceGraceMs / 1_000} s`);
    expect(limitOf('PRESENCE_TTL_SECONDS')).toBe(`${limits.presenceTtlMs / 1_000} s`);
  });

  it('says how often to send typing, how long to show it, and which version this is', () => {
    expect(page).toContain(`send \`typing\` every ${TYPING_REPEAT_SECONDS} s`);
    expect(page).toContain(`for ${TYPING_FADE_SECONDS} s, or until its message arrives`);
    expect(page).toContain(`\`hello.protocol\` is ${PROTOCOL_VERSION}.`);
  });
});
