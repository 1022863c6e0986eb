import type { SearchPage } from '@parley/shared';
import { getJson } from '../api/http';
import type { Session } from '../auth/session';

/** What is searched for. */
export interface SearchQuery {
  q: string;
  room: number | null;
  /** Username of the sender. */
  from: string | null;
  /** Times, ISO-8601. */
  after: string | null;
  before: string | null;
}

/** A page of the hits, newest first. */
export function searchMessages(
  session: Session,
  query: SearchQuery,
  cursor: string | null,
  limit: number,
): Promise<SearchPage> {
  const params = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries({ ...query, cursor })) {
    if (value !== null) params.set(name, String(value));
  }
  return getJson<SearchPage>(session.urlOf(`/api/search/?${params}`));
}
