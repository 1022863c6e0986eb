/** What `<meta name="theme-color">` says in the document: the colours of the device's own theme. */
const ofDevice = new Map<HTMLMetaElement, string>();

/** The browser's own bars take the colour of what is below them, also when the user has chosen a theme. */
export function showThemeColour(theme: string): void {
  const pane = document.querySelector('.list-pane');
  if (!pane) return;
  const shown = getComputedStyle(pane).backgroundColor;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const device = ofDevice.get(meta) ?? meta.content;
    ofDevice.set(meta, device);
    meta.content = theme === 'system' ? device : shown;
  }
}
