/** A message as a tree. It has no marks: what is in it is what the reader sees. */
export type Block =
  | { type: 'paragraph'; children: readonly Inline[] }
  | { type: 'quote'; children: readonly Block[] }
  | List
  /** `language`: as written after the fence; empty for none. */
  | { type: 'code'; text: string; language: string };

/** `start`: the number of the first item; null for bullets. */
export interface List {
  type: 'list';
  start: number | null;
  items: readonly ListItem[];
}

export interface ListItem {
  children: readonly Inline[];
  lists: readonly List[];
}

/** A piece of a line. A text may have line breaks. */
export type Inline =
  string | { type: Style; children: readonly Inline[] } | { type: 'code'; text: string } | Link;

export type Style = 'bold' | 'italic' | 'strike';

export interface Link {
  type: 'link';
  text: string;
  /** Of `http:`, `https:` or `mailto:`. */
  href: string;
  /** As {@link TextPart}. */
  host: string | null;
}

/** What the reader sees of a tree, as text: a line for each line, bullets as «•». */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map(textOfBlock).join('\n');
}

function textOfBlock(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return textOfInline(block.children);
    case 'quote':
      return textOf(block.children);
    case 'list':
      return textOfList(block);
    case 'code':
      return block.text;
  }
}

function textOfList({ start, items }: List): string {
  return items
    .flatMap(({ children, lists }, index) => [
      `${start === null ? '•' : `${start + index}.`} ${textOfInline(children)}`,
      ...lists.map(textOfList),
    ])
    .join('\n');
}

function textOfInline(children: readonly Inline[]): string {
  return children
    .map((child) => {
      if (typeof child === 'string') return child;
      return 'text' in child ? child.text : textOfInline(child.children);
    })
    .join('');
}
