import { createMemo, createSignal, For, Show, type Accessor, type JSX } from 'solid-js';
import { useSession } from '../auth/session';
import { useRooms } from '../rooms/rooms.store';
import { nameOf } from '../users/name-of';
import { searchWords } from '../words/words';
import type { SearchQuery } from './search.api';

const DAY_MS = 86_400_000;
/** Days back from now. */
const PERIODS = { week: 7, month: 30, year: 365 } as const;
type Period = keyof typeof PERIODS | 'range' | '';

/** What narrows a search down. Empty: it does not. */
export interface FilterState {
  /** Id of a room. */
  room: string;
  /** Username of the sender. */
  from: string;
  period: Period;
  /** Days, as an input of dates has them. */
  firstDay: string;
  lastDay: string;
}

export interface FilterStore {
  state: Accessor<FilterState>;
  set(changes: Partial<FilterState>): void;
  isSet: Accessor<boolean>;
  clear(): void;
  query: Accessor<Omit<SearchQuery, 'q'>>;
}

const NONE: FilterState = { room: '', from: '', period: '', firstDay: '', lastDay: '' };

export function createFilters(): FilterStore {
  const [state, setState] = createSignal(NONE);
  const query = createMemo(() => {
    const { room, from, period, firstDay, lastDay } = state();
    const isRange = period === 'range';
    const days = isRange || period === '' ? null : PERIODS[period];
    return {
      room: room === '' ? null : Number(room),
      from: from || null,
      after: days
        ? new Date(startOfToday() - days * DAY_MS).toISOString()
        : isRange
          ? dayIn(firstDay, 0)
          : null,
      before: isRange ? dayIn(lastDay, 1) : null,
    };
  });
  return {
    state,
    query,
    set: (changes) => setState((before) => ({ ...before, ...changes })),
    isSet: () => Object.values(state()).some((value) => value !== ''),
    clear: () => setState(NONE),
  };
}

/** The filters as chips. */
export function Filters(props: { filters: FilterStore }) {
  const rooms = useRooms();
  const session = useSession();
  const { state, set } = props.filters;
  const chats = createMemo(() =>
    [...rooms.ids(), ...rooms.archived()].flatMap((id) => {
      const room = rooms.get(id);
      return room ? [{ id, peer: rooms.peerOf(room) }] : [];
    }),
  );
  const people = () => chats().filter(({ id }) => state().room === '' || String(id) === state().room);

  return (
    <div class="flex flex-wrap items-center gap-1.5 px-3 pb-3" role="group" aria-label={searchWords.filters}>
      <Chip label={searchWords.chat} value={state().room} onChange={(room) => set({ room, from: '' })}>
        <option value="">{searchWords.anyChat}</option>
        <For each={chats()}>{({ id, peer }) => <option value={id}>{nameOf(peer)}</option>}</For>
      </Chip>
      <Chip label={searchWords.from} value={state().from} onChange={(from) => set({ from })}>
        <option value="">{searchWords.anyone}</option>
        <option value={session.user.username}>{searchWords.me}</option>
        <For each={people()}>{({ peer }) => <option value={peer.username}>{nameOf(peer)}</option>}</For>
      </Chip>
      <Chip
        label={searchWords.date}
        value={state().period}
        onChange={(period) => set({ period: period as Period, firstDay: '', lastDay: '' })}
      >
        <option value="">{searchWords.anyTime}</option>
        <option value="week">{searchWords.week}</option>
        <option value="month">{searchWords.month}</option>
        <option value="year">{searchWords.year}</option>
        <option value="range">{searchWords.range}</option>
      </Chip>
      <Show when={state().period === 'range'}>
        <Day label={searchWords.firstDay} max={state().lastDay} onChange={(firstDay) => set({ firstDay })} />
        <span aria-hidden="true">{'–'}</span>
        <Day label={searchWords.lastDay} min={state().firstDay} onChange={(lastDay) => set({ lastDay })} />
      </Show>
      <Show when={props.filters.isSet()}>
        <button
          type="button"
          class="button-quiet min-h-9 px-2 text-sm text-accent"
          onClick={props.filters.clear}
        >
          {searchWords.clearFilters}
        </button>
      </Show>
    </div>
  );
}

/** A choice that shows what is chosen. */
function Chip(props: { label: string; value: string; onChange(value: string): void; children: JSX.Element }) {
  return (
    <select
      class="search-chip"
      classList={{ 'bg-selected text-accent': props.value !== '' }}
      aria-label={props.label}
      // Set after the options are there, and again when these change.
      ref={(element) => queueMicrotask(() => (element.value = props.value))}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      {props.children}
    </select>
  );
}

function Day(props: { label: string; min?: string; max?: string; onChange(day: string): void }) {
  return (
    <input
      type="date"
      class="search-chip"
      aria-label={props.label}
      min={props.min || undefined}
      max={props.max || undefined}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

function startOfToday(): number {
  return new Date().setHours(0, 0, 0, 0);
}

/** The start of a day, or of one after it, in local time. Null: no day was chosen. */
function dayIn(day: string, later: number): string | null {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + later).toISOString();
}
