import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { useSession } from '../../auth/session';
import { hrefOf, parseRoute } from '../../routing/route';
import { Drawing } from '../../ui/icon';
import { formatWords } from '../../words/words';
import { countEmoji } from './count-emoji';
import { parse } from './parse';
import { textOf, type Block, type Inline, type Link, type List, type Style } from './tree';

const COPY = 'M9 9h11v11H9ZM5 15H4V4h11v1';
const COPIED = 'm5 13 5 5L20 7';
/** How long a button says that it has copied, in milliseconds. */
const COPIED_MS = 2_000;

const TAGS: Record<Style, string> = { bold: 'font-bold', italic: 'italic', strike: 'line-through' };
/** By the number of emoji of a message that has nothing else. */
const EMOJI_SIZES = ['', 'text-[3rem]', 'text-[2.5rem]', 'text-[2rem]'];

/** See `previewOf`. */
export function visibleText(text: string): string {
  return textOf(parse(text));
}

/**
 * The text of a message with styles, links, quotes, lists and code. Always text nodes: nothing in it can become markup.
 * `children` stand at the end of its last line.
 */
export function FormattedText(props: { text: string; children: JSX.Element }) {
  const blocks = createMemo(() => parse(props.text));
  return (
    <For each={blocks()}>
      {(block, index) => (
        <TopBlock block={block} text={props.text}>
          <Show when={index() === blocks().length - 1}>{props.children}</Show>
        </TopBlock>
      )}
    </For>
  );
}

function TopBlock(props: { block: Block; text: string; children: JSX.Element }) {
  const paragraph = () => (props.block.type === 'paragraph' ? props.block : null);
  const emoji = () => countEmoji(props.text);
  return (
    <Show
      when={paragraph()}
      fallback={
        <>
          <div class="message-block user-text">
            <BlockView block={props.block} />
          </div>
          {props.children}
        </>
      }
    >
      {(shown) => (
        <p class="message-block" classList={{ 'flex items-end': emoji() > 0 }} dir="auto">
          <span class={`user-text ${emoji() > 0 ? `emoji leading-tight ${EMOJI_SIZES[emoji()]}` : ''}`}>
            <InlineView children={shown().children} />
          </span>
          {props.children}
        </p>
      )}
    </Show>
  );
}

function BlockView(props: { block: Block }): JSX.Element {
  // oxlint-disable-next-line solid/reactivity -- A tree never changes: what is below is made once.
  const { block } = props;
  switch (block.type) {
    case 'paragraph':
      return (
        <p class="message-block">
          <InlineView children={block.children} />
        </p>
      );
    case 'quote':
      return (
        <blockquote class="message-quote" dir="auto">
          <For each={block.children}>{(child) => <BlockView block={child} />}</For>
        </blockquote>
      );
    case 'list':
      return <ListView list={block} />;
    case 'code':
      return <CodeView text={block.text} language={block.language} />;
  }
}

function ListView(props: { list: List }): JSX.Element {
  const items = () => (
    <For each={props.list.items}>
      {(item) => (
        <li>
          <InlineView children={item.children} />
          <For each={item.lists}>{(list) => <ListView list={list} />}</For>
        </li>
      )}
    </For>
  );
  return (
    <Show
      when={props.list.start !== null}
      fallback={
        <ul class="message-list list-disc" dir="auto">
          {items()}
        </ul>
      }
    >
      <ol
        class="message-list list-decimal"
        dir="auto"
        start={props.list.start ?? 1}
        style={{ '--digits': String((props.list.start ?? 1) + props.list.items.length).length }}
      >
        {items()}
      </ol>
    </Show>
  );
}

function CodeView(props: { text: string; language: string }) {
  const [isCopied, setCopied] = createSignal(false);
  let code: HTMLElement | undefined;

  async function copy(): Promise<void> {
    if (!code || !(await copyText(code, props.text))) return;
    setCopied(true);
    setTimeout(setCopied, COPIED_MS, false);
  }

  return (
    <div class="message-code" dir="ltr">
      <div class="flex items-center justify-between gap-4 ps-3 font-sans text-xs text-current/75 select-none">
        <span>{props.language || formatWords.code}</span>
        <button
          type="button"
          class="flex min-h-9 items-center gap-1.5 rounded-lg px-3 font-semibold -outline-offset-2 hover:bg-current/10 pointer-coarse:min-h-11"
          onClick={() => void copy()}
        >
          <Drawing path={isCopied() ? COPIED : COPY} class="size-3.5" />
          {isCopied() ? formatWords.copied : formatWords.copy}
        </button>
        <span class="sr-only" role="status">
          {isCopied() ? formatWords.copied : ''}
        </span>
      </div>
      <pre
        class="slim-scrollbar max-h-80 overflow-auto px-3 pb-2.5 [unicode-bidi:plaintext] -outline-offset-2"
        // Scrolled by keyboard.
        tabIndex={0}
      >
        <code ref={(element) => (code = element)}>{props.text}</code>
      </pre>
    </div>
  );
}

/** @returns whether it was copied. */
async function copyText(shown: HTMLElement, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not allowed, or not there without TLS.
    window.getSelection()?.selectAllChildren(shown);
    return document.execCommand('copy');
  }
}

function InlineView(props: { children: readonly Inline[] }): JSX.Element {
  return (
    <For each={props.children}>
      {(child) => {
        if (typeof child === 'string') return child;
        if (child.type === 'link') return <LinkView link={child} />;
        if (child.type === 'code') return <code class="message-inline-code">{child.text}</code>;
        return styled(child.type, <InlineView children={child.children} />);
      }}
    </For>
  );
}

function styled(style: Style, children: JSX.Element): JSX.Element {
  const { [style]: name } = TAGS;
  if (style === 'bold') return <strong class={name}>{children}</strong>;
  if (style === 'italic') return <em class={name}>{children}</em>;
  return <s class={name}>{children}</s>;
}

function LinkView(props: { link: Link }) {
  const session = useSession();
  /** A link to a message of this site opens in this window, as the user of this window. */
  const internal = () => {
    const { origin, pathname, search } = new URL(props.link.href);
    const route = origin === window.location.origin ? parseRoute(pathname, search) : null;
    if (route?.page !== 'room') return null;
    return hrefOf(
      route.roomId,
      session.mode === 'simulation' ? session.user.username : null,
      route.at ?? undefined,
    );
  };
  return (
    <a
      class="underline decoration-1 underline-offset-2 hover:decoration-2"
      href={internal() ?? props.link.href}
      target={internal() === null ? '_blank' : undefined}
      rel="noopener noreferrer nofollow"
      // An isolate: direction marks before it do not turn it around.
      dir="ltr"
    >
      {props.link.text}
      <Show when={props.link.host}> ({props.link.host})</Show>
    </a>
  );
}
