const PATHS = {
  pen: 'M12 20h9M16.5 3.5a2.12 2.12 0 0 1 3 3L7 19l-4 1 1-4Z',
  back: 'm15 18-6-6 6-6',
  clip: 'm21 11-9 9a6 6 0 0 1-8.5-8.5l9-9a4 4 0 0 1 5.7 5.7l-9 9a2 2 0 0 1-2.9-2.8l8.3-8.3',
  send: 'M12 19V5m-6 6 6-6 6 6',
  close: 'M18 6 6 18M6 6l12 12',
  search: 'm21 21-4.3-4.3M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z',
  chevron: 'm6 9 6 6 6-6',
  chat: 'M20 15a3 3 0 0 1-3 3H9l-5 4V7a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3Z',
  alert: 'M12 8v5m0 3.5v.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20Z',
  more: 'M12 6a1 1 0 1 0 0-2 1 1 0 0 0 0 2Zm0 7a1 1 0 1 0 0-2 1 1 0 0 0 0 2Zm0 7a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z',
  smile: 'M8 14.5s1.5 2 4 2 4-2 4-2M9 9.5v.01m6-.01v.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20Z',
  clock: 'M12 7v5l3 2m-3 8a10 10 0 1 0 0-20 10 10 0 0 0 0 20Z',
  tick: 'm5 13 5 5L20 7',
  ticks: 'm1 13 5 5L16 7m-6 11L21 7',
  read: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm-1.5 14.6-4.5-4.5 1.9-1.9 2.6 2.6 5.6-5.6 1.9 1.9Z',
};

export type IconName = keyof typeof PATHS;
export const ICON_NAMES = Object.keys(PATHS) as IconName[];

interface IconProps {
  name: IconName;
  class?: string;
}

/** A line drawing beside or instead of a word; what it means is always said in text too. */
export function Icon(props: IconProps) {
  return <Drawing path={PATHS[props.name]} class={props.class} />;
}

/** As {@link Icon}, of a path in a box of 24 × 24 that the first load does not need. */
export function Drawing(props: { path: string; class: string | undefined }) {
  return (
    <svg
      class={`shrink-0 ${props.class ?? 'size-5'}`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={props.path} />
    </svg>
  );
}
