import { createEffect, createMemo, onCleanup, onMount, Show } from 'solid-js';
import { route } from '../../routing/router';
import { NoticeStack } from '../../ui/notice-stack';
import { accountWords } from '../../words/words';
import { useAuth } from '../auth.store';
import { Register } from './register';
import { SignIn } from './sign-in';

/** The page of a browser without a session: sign in, or create an account. */
export function SignedOut() {
  const auth = useAuth();
  const isRegister = createMemo(() => route().page === 'register');
  const invite = createMemo(() => {
    const now = route();
    return now.page === 'register' ? now.invite : null;
  });

  // Another window of this browser may have signed in.
  onMount(() => {
    const untilCleanup = new AbortController();
    window.addEventListener('focus', () => auth.retry(), untilCleanup);
    onCleanup(() => untilCleanup.abort());
  });

  createEffect(() => {
    document.title = accountWords.pageTitle(
      isRegister() ? accountWords.register.title : accountWords.signIn.title,
    );
  });

  return (
    <main class="h-full overflow-y-auto bg-canvas">
      <div class="mx-auto flex min-h-full w-full max-w-108 flex-col justify-center gap-6 px-5 pt-8 pb-[max(2rem,env(safe-area-inset-bottom))]">
        <p class="flex items-center justify-center gap-2.5 text-xl font-bold tracking-tight">
          <img src="/brand.png" alt="" class="size-9" width="36" height="36" />
          Parley
        </p>
        <Show when={isRegister()} fallback={<SignIn />}>
          <Show when={invite()} keyed fallback={<Register invite={null} />}>
            {(code) => <Register invite={code} />}
          </Show>
        </Show>
        <Show when={!window.isSecureContext}>
          <p class="text-center text-sm text-pretty text-danger">{accountWords.insecure}</p>
        </Show>
      </div>
      <NoticeStack />
    </main>
  );
}
