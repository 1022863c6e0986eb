import { createEffect, createSignal, Show } from 'solid-js';
import { canRun, runAction } from '../actions/provide';
import { ACTION_IDS, type ActionId } from '../actions/table';
import { useSession } from '../auth/session';
import { navigate } from '../routing/router';
import { createChunk } from '../ui/chunk';
import { loadNewChatWords, secondWords } from '../words/words';
import { sharedText } from './shared-text';

/** What a window was opened for besides a page: an action of the app's icon, or something that another app shares. */
export function AppLaunch() {
  const session = useSession();
  const { pathname, searchParams } = new URL(window.location.href);
  const text = pathname === '/share' ? sharedText(searchParams) : '';
  const [isSharing, setSharing] = createSignal(false);
  const dialog = createChunk(secondWords.share.notLoaded, async () => {
    const [{ ShareDialog }] = await Promise.all([import('./share-dialog'), loadNewChatWords()]);
    return ShareDialog;
  });
  let action = ACTION_IDS.find((id): id is ActionId => id === searchParams.get('action'));

  // A reload does nothing of it again.
  if (pathname === '/share' || action) navigate(session.hrefTo(null), { replace: true });
  if (text !== '') dialog.demand(() => setSharing(true));

  createEffect(() => {
    if (!action || !canRun(action)) return;
    runAction(action);
    action = undefined;
  });

  return (
    <Show when={isSharing() && dialog.content()} keyed>
      {(ShareDialog) => <ShareDialog text={text} onClose={() => setSharing(false)} />}
    </Show>
  );
}
