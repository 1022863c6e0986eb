/** What another app shares, as the text of a message. Apps put a URL into the text, or beside it, or both. */
export function sharedText(params: URLSearchParams): string {
  const parts = ['title', 'text', 'url'].map((name) => params.get(name)?.trim() ?? '');
  const others = new Set(parts.filter((part) => part !== ''));
  const isContained = (part: string) => [...others].some((other) => other !== part && other.includes(part));
  return [...others].filter((part) => !isContained(part)).join('\n');
}
