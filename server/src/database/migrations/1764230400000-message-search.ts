import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index that messages are searched by. It is filled in the background, also for the messages that are there: nothing waits for it.
 * What the tables mean is in docs/decisions/0094-search-by-segments-of-a-room.md; no entity is read or written by the ORM.
 */
export class MessageSearch1764230400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Per room: messages up to `seq`, and changes up to `rev`, are in its segments. `version` counts the changes of this row.
    await runner.query(`
      CREATE TABLE message_search_rooms (
        room_id    bigint CONSTRAINT message_search_rooms_pkey PRIMARY KEY,
        seq        bigint NOT NULL DEFAULT 0,
        rev        bigint NOT NULL DEFAULT 0,
        version    bigint NOT NULL DEFAULT 0,
        indexed_at timestamptz NOT NULL DEFAULT now()
      )`);
    // The messages first_seq to last_seq of a room; `size` is how many grams they have, `last_id` the id of the last one. A segment that
    // was replaced is kept for a moment (`retired_at`), for searches that have begun.
    await runner.query(`
      CREATE TABLE message_search_segments (
        id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT message_search_segments_pkey PRIMARY KEY,
        room_id    bigint NOT NULL,
        first_seq  bigint NOT NULL,
        last_seq   bigint NOT NULL,
        last_id    bigint NOT NULL,
        size       bigint NOT NULL,
        retired_at timestamptz
      )`);
    await runner.query(`
      CREATE INDEX message_search_segments_room_idx ON message_search_segments (room_id, first_seq) WHERE retired_at IS NULL`);
    await runner.query(`
      CREATE INDEX message_search_segments_retired_idx ON message_search_segments (retired_at) WHERE retired_at IS NOT NULL`);
    // The grams of a segment, in order, each page by its first one (search/postings.ts).
    await runner.query(`
      CREATE TABLE message_search_pages (
        segment_id bigint NOT NULL,
        gram       bigint NOT NULL,
        data       bytea NOT NULL,
        CONSTRAINT message_search_pages_pkey PRIMARY KEY (segment_id, gram)
      )`);
    // Lists of positions do not compress, and a page is read as a whole.
    await runner.query(`ALTER TABLE message_search_pages ALTER COLUMN data SET STORAGE EXTERNAL`);
    // At most one row, which the server has claimed that fills the index.
    await runner.query(`
      CREATE TABLE message_search_indexer (
        id            smallint CONSTRAINT message_search_indexer_pkey PRIMARY KEY CONSTRAINT message_search_indexer_one CHECK (id = 1),
        claimed_by    uuid,
        claimed_until timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE message_search_indexer`);
    await runner.query(`DROP TABLE message_search_pages`);
    await runner.query(`DROP TABLE message_search_segments`);
    await runner.query(`DROP TABLE message_search_rooms`);
  }
}
