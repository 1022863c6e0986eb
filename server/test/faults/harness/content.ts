import type { Message } from '@parley/shared';
import { groupBy } from '../../../src/database/group-by.js';
import type { ChatClient } from './chat-client.js';

/** What a row of `messages` says, and what became of it. */
export interface StoredContent {
  id: number;
  seq: number;
  sender_id: number;
  text: string;
  reply_to: number | null;
  edited_at: Date | null;
  deleted_at: Date | null;
  reactions: { user_id: number; emoji: string }[];
  /** The texts before each edit. */
  edits: string[];
}

/** The columns of StoredContent in a SELECT from `messages m` and `rooms r`. */
export const CONTENT_COLUMNS = `m.id::int, m.seq::int, m.sender_id::int, m.text, m.reply_to::int, m.edited_at, m.deleted_at,
  coalesce((SELECT jsonb_agg(jsonb_build_object('emoji', substr(x, 2),
      'user_id', CASE left(x, 1) WHEN 'a' THEN r.user_a_id ELSE r.user_b_id END) ORDER BY n)
    FROM unnest(m.reactions) WITH ORDINALITY AS made (x, n)), '[]') AS reactions,
  ARRAY(SELECT edit->>'text' FROM jsonb_array_elements(m.edits) edit) AS edits`;

const MAX_QUOTE = 100;

/** The text with which it was sent. */
export function sentText({ text, edits }: StoredContent): string {
  return edits[0] ?? text;
}

export function hadText({ text, edits, deleted_at }: StoredContent, wanted: string): boolean {
  return deleted_at !== null || text === wanted || edits.includes(wanted);
}

/** What every client shows of it, as JSON. */
export function shownContent(row: StoredContent, byId: ReadonlyMap<number, StoredContent>): string {
  const original = row.reply_to === null ? undefined : byId.get(row.reply_to);
  const reactions = groupBy(row.reactions, ({ emoji }) => emoji);
  return JSON.stringify([
    row.text,
    row.edited_at,
    row.deleted_at,
    [...reactions].map(([emoji, made]) => [emoji, made.map(({ user_id }) => user_id)]),
    original && [
      original.id,
      original.seq,
      original.sender_id,
      [...original.text].slice(0, MAX_QUOTE).join(''),
      original.deleted_at !== null,
    ],
  ]);
}

/** The same of a message that a client has. */
export function clientsContent({ text, edited_at, deleted_at, reactions, reply_to: quote }: Message): string {
  return JSON.stringify([
    text,
    edited_at,
    deleted_at,
    reactions.map(({ emoji, user_ids }) => [emoji, user_ids]),
    quote && [quote.id, quote.seq, quote.sender_id, quote.text, quote.deleted],
  ]);
}

/** Edits and reactions that are stored twice, and a deletion that leaves something. */
export function contentProblems(row: StoredContent): string[] {
  const { id, text, edits, reactions, deleted_at } = row;
  const texts = [...edits, text];
  const problems: string[] = [];
  if (new Set(texts).size < texts.length)
    problems.push(`message ${id} was edited twice: ${texts.join(', ')}`);
  const made = new Set(reactions.map(({ user_id, emoji }) => `${user_id} ${emoji}`));
  if (made.size < reactions.length) problems.push(`message ${id} has a reaction twice`);
  if (deleted_at && (text !== '' || edits.length + reactions.length > 0))
    problems.push(`message ${id} is deleted and has content`);
  return problems;
}

/**
 * The confirmed changes of a client that are not stored: its last edit of a message is the text, each earlier one among the
 * edits, and of each emoji the last reaction holds. A deletion, by whichever client, ends all of that.
 */
export function lostChanges(
  { userId, changes }: ChatClient,
  byId: ReadonlyMap<number, StoredContent>,
): string[] {
  return [...groupBy(changes, ({ messageId }) => messageId)].flatMap(([messageId, confirmed]) => {
    const row = byId.get(messageId);
    const lost = (what: string) =>
      `user ${userId}: ${what} of message ${messageId} was acked and is not stored`;
    if (!row) return [lost('a change')];
    if (row.deleted_at) return [];
    if (confirmed.some(({ change }) => change.kind === 'delete')) return [lost('the deletion')];
    const edits = confirmed.flatMap(({ change }) => (change.kind === 'edit' ? [change.text] : []));
    const lostEdits = edits.filter((text, i) =>
      i === edits.length - 1 ? row.text !== text : !row.edits.includes(text),
    );
    const reactions = new Map(
      confirmed.flatMap(({ change }) =>
        change.kind === 'react' ? [[change.emoji, change.on] as const] : [],
      ),
    );
    const isThere = (wanted: string) =>
      row.reactions.some(({ user_id, emoji }) => user_id === userId && emoji === wanted);
    const lostReactions = [...reactions].filter(([emoji, on]) => isThere(emoji) !== on);
    return [
      ...lostEdits.map((text) => lost(`the edit ${text}`)),
      ...lostReactions.map(([emoji, on]) => lost(`the reaction ${emoji} (${on ? 'on' : 'off'})`)),
    ];
  });
}
