-- `messages` in eight hash partitions by room: psql -v ON_ERROR_STOP=1 -f docs/partition-messages.sql "$DATABASE_URL"
-- With the servers stopped. One transaction; every row is copied, so there has to be room for all of them twice.
BEGIN;
ALTER TABLE messages RENAME TO messages_whole;
ALTER TABLE messages_whole RENAME CONSTRAINT messages_pkey TO messages_whole_pkey;
ALTER INDEX messages_id_idx RENAME TO messages_whole_id_idx;
ALTER INDEX messages_client_id_key RENAME TO messages_whole_client_id_key;
ALTER INDEX messages_changed_idx RENAME TO messages_whole_changed_idx;
ALTER INDEX messages_expires_idx RENAME TO messages_whole_expires_idx;
CREATE TABLE messages (LIKE messages_whole INCLUDING DEFAULTS, CONSTRAINT messages_pkey PRIMARY KEY (room_id, seq))
  PARTITION BY HASH (room_id);
DO $$
BEGIN
  FOR n IN 0..7 LOOP
    EXECUTE format('CREATE TABLE messages_%s PARTITION OF messages FOR VALUES WITH (MODULUS 8, REMAINDER %s)', n, n);
  END LOOP;
END
$$;
INSERT INTO messages SELECT * FROM messages_whole;
CREATE INDEX messages_id_idx ON messages (id);
CREATE UNIQUE INDEX messages_client_id_key ON messages (room_id, sender_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_changed_idx ON messages (room_id, rev) WHERE changed;
CREATE INDEX messages_expires_idx ON messages (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL;
DROP TABLE messages_whole;
COMMIT;
