import { createEffect, createMemo, createSignal, on, type Accessor } from 'solid-js';
import { HttpError } from '../api/http';
import { createRetry } from '../api/retry';

/** Settings of the user on the server, shown as the user has just set them. */
export interface Settings<T extends object> {
  /** Undefined until they are loaded. */
  values: Accessor<T | undefined>;
  change<Name extends keyof T>(name: Name, value: T[Name]): void;
  /** The server has not taken the last change, which is undone. */
  isRefused: Accessor<boolean>;
  /** They could not be loaded. The request is repeated until they are, and by `load`. */
  hasFailed: Accessor<boolean>;
  isLoading: Accessor<boolean>;
  load(): void;
}

interface SettingsOptions<T extends object> {
  load(): Promise<T>;
  save(change: Partial<T>): Promise<T>;
  /** What another device has made of them, if that is known. */
  pushed?: Accessor<T | undefined>;
}

/** Loads settings, and saves one change after the other, so that the last one wins. */
export function createSettings<T extends object>(options: SettingsOptions<T>): Settings<T> {
  const [saved, setSaved] = createSignal<T>();
  /** What is on its way to the server. */
  const [pending, setPending] = createSignal<Partial<T>>({});
  const [isRefused, setRefused] = createSignal(false);
  let queue = Promise.resolve();

  const load = createRetry(async (isCurrent) => {
    const loaded = await options.load();
    if (isCurrent()) setSaved(() => loaded);
  });
  load.run();
  createEffect(
    on(
      () => options.pushed?.(),
      (next) => next && setSaved(() => next),
      { defer: true },
    ),
  );

  const values = createMemo(() => {
    const known = saved();
    return known && { ...known, ...pending() };
  });

  async function save<Name extends keyof T>(name: Name, value: T[Name]): Promise<void> {
    const change: Partial<T> = {};
    change[name] = value;
    try {
      const next = await options.save(change);
      setSaved(() => next);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      setRefused(true);
    }
    if (pending()[name] !== value) return;
    const { [name]: _saved, ...others } = pending();
    setPending(() => others as Partial<T>);
  }

  return {
    values,
    isRefused,
    hasFailed: load.hasFailed,
    isLoading: load.isRunning,
    load: () => load.run(),
    change(name, value) {
      if (values()?.[name] === value) return;
      setRefused(false);
      setPending((before) => ({ ...before, [name]: value }));
      queue = queue.then(() => save(name, value));
    },
  };
}
