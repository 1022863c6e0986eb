import { DEFAULT_SETTINGS, type UserSettings } from '@parley/shared';
import { createEffect, createSignal, on, onCleanup, untrack, type Accessor } from 'solid-js';
import { getJson, HttpError, patchJson } from '../api/http';
import { createRetry } from '../api/retry';
import type { Session } from '../auth/session';
import type { Chat } from '../realtime/chat.store';
import { readLocal, writeLocal } from '../ui/local-json';
import { dismissNotice, showNotice } from '../ui/notices';
import { secondWords } from '../words/words';
import { answerFirst } from '../ui/answer-first';
import { LAST_SETTINGS, showLook } from './look';
import { setSettings } from './settings.store';
import { showThemeColour } from './theme-colour';

/** What this browser keeps of one user, under `parley-settings-<user id>`. */
interface Kept {
  /** As the server has last said. */
  saved: UserSettings;
  /** What the user has changed since, and the server has not taken yet. */
  pending: Partial<UserSettings>;
}

const NOT_SAVED = 'settings-not-saved';

const [isWaiting, setWaiting] = createSignal(false);
let changeNow: ((change: Partial<UserSettings>) => void) | null = null;

/** A change waits for the server. */
export const isSettingWaiting: Accessor<boolean> = isWaiting;

/** Changes settings of the current user: at once here, and then on the server and on all other devices. */
export function changeSettings(change: Partial<UserSettings>): void {
  changeNow?.(change);
}

/**
 * Keeps the settings of the user of this window in step with the server, until the owner is disposed. What was changed
 * without a connection is kept, also over a reload, and sent when there is one.
 */
export function keepSettings(chat: Chat, session: Session): void {
  const path = session.urlOf('/api/me/settings/');
  const key = `parley-settings-${session.user.id}`;
  const own = readLocal<Partial<Kept>>(key);
  let state: Kept = { saved: { ...DEFAULT_SETTINGS, ...own?.saved }, pending: own?.pending ?? {} };

  function become(next: Partial<Kept>): void {
    state = { ...state, ...next };
    writeLocal(key, state);
    const now = { ...state.saved, ...state.pending };
    writeLocal(LAST_SETTINGS, now);
    setSettings(now);
    // Another theme or density takes all of the page: the choice itself is painted before.
    answerFirst(show);
    setWaiting(Object.keys(state.pending).length > 0);
  }

  function show(): void {
    const now = { ...state.saved, ...state.pending };
    showLook(now);
    showThemeColour(now.theme);
  }

  /** What is pending without what `done` has: a newer value of the same setting stays. */
  const without = (done: Partial<UserSettings>) =>
    Object.fromEntries(
      Object.entries(state.pending).filter(([name, value]) => done[name as keyof UserSettings] !== value),
    );

  /** Nothing was read since the connection is open. */
  let isStale = false;

  /** One request: sends what is pending, or else reads. The answer is older than a frame that overtakes it. */
  async function exchange(): Promise<void> {
    const framed = chat.state().userSettings;
    const isNewest = () => chat.state().userSettings === framed;
    const change = state.pending;
    if (Object.keys(change).length === 0) {
      const saved = await getJson<UserSettings>(path);
      isStale = false;
      if (isNewest()) become({ saved });
      return;
    }
    try {
      const saved = await patchJson<UserSettings>(path, change);
      isStale = false;
      become({ saved: isNewest() ? saved : { ...state.saved, ...change }, pending: without(change) });
    } catch (error) {
      if (!(error instanceof HttpError) || !isRefusal(error)) throw error;
      become({ pending: without(change) });
      showNotice({ id: NOT_SAVED, text: secondWords.settings.refused });
    }
  }

  /** One request after the other, so that the last change wins. */
  const exchanges = createRetry(async (isCurrent) => {
    while (isCurrent() && (isStale || Object.keys(state.pending).length > 0)) await exchange();
  });
  const run = () => untrack(exchanges.isRunning) || exchanges.run();

  become({});
  // A frame that came while there was no connection is lost.
  createEffect(
    on(chat.connection, ({ name }) => {
      if (name !== 'open') return;
      isStale = true;
      run();
    }),
  );
  createEffect(
    on(
      () => chat.state().userSettings,
      (saved) => saved && become({ saved }),
    ),
  );
  changeNow = (change) => {
    dismissNotice(NOT_SAVED);
    become({ pending: { ...state.pending, ...change } });
    run();
  };
  onCleanup(() => (changeNow = null));
}

/** The same again would be refused again. Neither is true of a limit, nor of a session that is over: it may come back. */
function isRefusal({ status }: HttpError): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
}
