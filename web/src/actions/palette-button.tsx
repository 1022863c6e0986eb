import { runSoon, secondLoad } from '../second-load/second-load';
import { Icon } from '../ui/icon';
import { words } from '../words/words';

const parts = () => secondLoad().content();

/** Opens the palette, and looks like the field that it brings. */
export function PaletteButton() {
  return (
    <button
      type="button"
      class="palette-button"
      aria-haspopup="dialog"
      aria-keyshortcuts={parts()?.ariaShortcutsOf('palette')}
      onClick={() => runSoon('palette')}
    >
      <Icon name="search" class="size-4.5" />
      {words.chats.palette}
      <kbd aria-hidden="true">{parts()?.shortcutOf('palette')}</kbd>
    </button>
  );
}
