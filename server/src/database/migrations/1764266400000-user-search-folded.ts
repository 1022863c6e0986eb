import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `fold_name(text)`: a name as searches compare it, without case and accents, and an index by which a part of a folded name
 * is found. It folds as `fold` of shared/src/search.ts does: the marks that it removes are those of `IGNORED` there, as ranges,
 * because PostgreSQL's expressions know no properties of Unicode. White space stays as it is. An ASCII name needs
 * none of that, and most are.
 *
 * Nothing is stored beside the names, so a server of the version before writes what this one finds. It
 * searches by users_display_name_search_idx, which goes with a later version.
 *
 * Not CONCURRENTLY: meanwhile only new users and names wait.
 */
export class UserSearchFolded1764266400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(String.raw`
      CREATE FUNCTION fold_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN octet_length(name) = length(name) THEN lower(name) ELSE
          normalize(replace(replace(replace(translate(
            lower(regexp_replace(normalize(name, NFKD), '[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2'
              '\u05c4\u05c5\u05c7\u0600-\u0605\u061c\u064b-\u0655\u0670\u06dd\u070f\u0890\u0891\u08e2\u0951-\u0954\u180e'
              '\u1ab0-\u1add\u1ae0-\u1aeb\u1cd0-\u1cd2\u1cd4-\u1ce0\u1ce2-\u1ce8\u1ced\u1cf4\u1cf8\u1cf9\u1dc0-\u1dff\u200b-\u200f'
              '\u202a-\u202e\u2060-\u2064\u2066-\u206f\u20d0-\u20f0\u2de0-\u2dff\u302a-\u302d\ua66f-\ua672\ua674-\ua67d'
              '\ua69e\ua69f\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff9-\ufffb\U000101fd\U000102e0\U000110bd\U000110cd\U0001133b'
              '\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001cf00-\U0001cf2d\U0001cf30-\U0001cf46\U0001d167-\U0001d169\U0001d173-\U0001d182\U0001d185-\U0001d18b'
              '\U0001d1aa-\U0001d1ad\U0001e08f\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]', '', 'g')),
            'øłđħŧıς', 'oldhtiσ'), 'æ', 'ae'), 'œ', 'oe'), 'ß', 'ss'), NFC)
        END
      $$`);
    await runner.query(`
      DO $$
      BEGIN
        CREATE INDEX users_folded_name_search_idx ON users USING gin (fold_name(display_name) gin_trgm_ops);
      EXCEPTION WHEN undefined_object THEN
        RAISE WARNING 'pg_trgm is not available: searching for users reads all of them';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX IF EXISTS users_folded_name_search_idx`);
    await runner.query(`DROP FUNCTION fold_name(text)`);
  }
}
