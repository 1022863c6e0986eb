import { MAX_DISPLAY_NAME_LENGTH, type User } from '@parley/shared';
import { createSignal, onCleanup, Show, untrack } from 'solid-js';
import { HttpError } from '../api/http';
import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import { initialsOf } from '../ui/initials';
import { Dialog } from '../ui/dialog';
import { showNotice } from '../ui/notices';
import { nameOf } from '../users/name-of';
import { focusWhenShown } from '../ui/focus-when-shown';
import type { ProfileWords } from '../words/words';
import { changeName, removePicture, setPicture } from './profile.api';
import { shrink } from './shrink';

/** What is going to become of the picture: as it is, another one, none. */
type Picture = { kind: 'kept' } | { kind: 'new'; content: Blob; url: string } | { kind: 'none' };

/** Changes what others see of the user: the name and the picture. */
export function ProfileDialog(props: { words: ProfileWords; onClose(): void }) {
  const chat = useChat();
  const session = useSession();
  const user = () => chat.state().users[session.user.id] ?? session.user;
  /** What is typed stays, whatever comes meanwhile. */
  const nameBefore = untrack(() => nameOf(user()));
  const [picture, setPictureTo] = createSignal<Picture>({ kind: 'kept' });
  const [mistake, setMistake] = createSignal('');
  const [nameMistake, setNameMistake] = createSignal('');
  const [isSaving, setSaving] = createSignal(false);
  let chooser: HTMLInputElement | undefined;
  let field: HTMLInputElement | undefined;

  const hasPicture = () => picture().kind === 'new' || (picture().kind === 'kept' && !!user().avatar);
  const shownSource = () => {
    const shown = picture();
    if (shown.kind === 'kept') return user().avatar && session.urlOf(user().avatar!);
    return shown.kind === 'new' ? shown.url : null;
  };

  function choose(next: Picture): void {
    const before = picture();
    if (before.kind === 'new') URL.revokeObjectURL(before.url);
    setMistake('');
    setPictureTo(next);
  }
  onCleanup(() => choose({ kind: 'kept' }));

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    if (!file.type.startsWith('image/')) return void setMistake(props.words.notAPicture);
    const content = await shrink(file);
    choose({ kind: 'new', content, url: URL.createObjectURL(content) });
  }

  async function save(): Promise<void> {
    const name = field?.value.trim() ?? '';
    if (isSaving()) return;
    setNameMistake(name === '' ? props.words.missing : '');
    if (name === '') return field?.focus();
    setSaving(true);
    setMistake('');
    const next = picture();
    let isName = true;
    try {
      if (name !== nameOf(user())) takeOver(await changeName(session, name));
      isName = false;
      if (next.kind === 'new') takeOver(await setPicture(session, next.content));
      if (next.kind === 'none') {
        await removePicture(session);
        const { avatar: _avatar, ...without } = user();
        takeOver(without);
      }
      showNotice({
        id: 'profile-changed',
        text: next.kind === 'kept' ? props.words.savedName : props.words.saved,
      });
      props.onClose();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error.status !== 400) setMistake(textOf(error));
      else if (isName) setNameMistake(props.words.displayNameInvalid);
      else setMistake(props.words.notAPicture);
      if (isName) field?.focus();
    } finally {
      setSaving(false);
    }
  }

  function takeOver(changed: User): void {
    chat.dispatch({ type: 'users-loaded', users: [changed] });
  }

  function textOf({ status }: HttpError): string {
    if (status === 0) return props.words.unreachable;
    return status === 429 ? props.words.tooMany : props.words.failed;
  }

  return (
    <Dialog title={props.words.title} onClose={props.onClose}>
      <form
        class="grid gap-5 overflow-y-auto px-5 pt-1 pb-5"
        novalidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="flex flex-wrap items-center gap-4" role="group" aria-label={props.words.picture}>
          <span aria-hidden="true" data-preview={picture().kind}>
            <span
              class="avatar-ground size-24 text-4xl"
              style={{ '--hue': (user().id * 137.508) % 360 }}
              data-pattern={user().id % 5}
            >
              {initialsOf(nameOf(user()))}
              <Show when={shownSource()}>{(src) => <img alt="" src={src()} />}</Show>
            </span>
          </span>
          <div class="grid gap-1">
            <input
              ref={(element) => (chooser = element)}
              type="file"
              accept="image/*"
              hidden
              onChange={({ currentTarget }) => {
                void take(currentTarget.files?.[0]);
                // The same file again is a choice too.
                currentTarget.value = '';
              }}
            />
            <button type="button" class="button-quiet justify-start" onClick={() => chooser?.click()}>
              {hasPicture() ? props.words.change : props.words.choose}
            </button>
            <Show when={hasPicture()}>
              <button
                type="button"
                class="button-quiet justify-start text-danger"
                onClick={() => choose(user().avatar ? { kind: 'none' } : { kind: 'kept' })}
              >
                {props.words.remove}
              </button>
            </Show>
          </div>
        </div>
        <div class="grid gap-1.5">
          <label for="profile-name" class="font-semibold">
            {props.words.displayName}
          </label>
          <input
            ref={(element) => {
              field = element;
              // Where that raises no keyboard over half of the screen.
              if (matchMedia('(hover: hover)').matches) focusWhenShown(element);
            }}
            id="profile-name"
            class="text-field"
            value={nameBefore}
            autocomplete="name"
            autocapitalize="words"
            maxLength={MAX_DISPLAY_NAME_LENGTH}
            dir="auto"
            spellcheck={false}
            aria-invalid={nameMistake() !== ''}
            aria-describedby="profile-name-mistake profile-name-rule"
          />
          <p id="profile-name-mistake" class="text-sm font-medium text-pretty text-danger empty:hidden">
            {nameMistake()}
          </p>
          <p id="profile-name-rule" class="text-sm text-pretty text-muted">
            {props.words.displayNameRule} {props.words.username(session.user.username)}
          </p>
        </div>
        <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
          {mistake()}
        </p>
        <button type="submit" class="button-primary" aria-disabled={isSaving()}>
          {isSaving() ? props.words.saving : props.words.save}
        </button>
      </form>
    </Dialog>
  );
}
