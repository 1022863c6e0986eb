import type { Attachment, Message, RoomListing, User } from '@parley/shared';
import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin-top: 2rem; }
a { color: light-dark(#0b6e5b, #63d3b4); } ol, ul, dl { padding: 0; margin: 0; list-style: none; }
li, dd { unicode-bidi: isolate; } dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
.chats li { padding: .5rem 0; border-bottom: 1px solid #8884; } small, time { color: light-dark(#5c625f, #a5aca8); font-size: .85rem; }
.message { margin: .75rem 0; padding: .5rem .9rem; border-radius: 1rem; background: light-dark(#f0efec, #252a28); width: fit-content; max-width: 85%; }
.mine { margin-left: auto; background: light-dark(#d7ede4, #1f4a3e); } .message p { margin: 0; white-space: pre-wrap; unicode-bidi: plaintext; }
nav { display: flex; justify-content: space-between; gap: 1rem; margin: 1.5rem 0; } .deleted { font-style: italic; }
`;

/** Nothing but this style: no script, no image, no request, whatever a text says. */
const CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** A chat of the archive. */
export interface ExportedChat {
  id: number;
  peer: User;
  messages: number;
  /** How the user keeps it in the list; null: as every new one. */
  listing: RoomListing | null;
}

/** Text that stands for itself in HTML, also in an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${CSP}">
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
${body}
</body></html>
`;
}

/** What a user is called in the pages, isolated, so that it changes no text around it. */
function nameOf({ display_name, username, deleted }: User): string {
  const handle = deleted || display_name === username ? '' : ` <small>@${escapeHtml(username)}</small>`;
  return `<bdi>${escapeHtml(display_name)}</bdi>${handle}`;
}

export function indexPage(
  user: User,
  createdAt: string,
  exportedAt: string,
  chats: readonly ExportedChat[],
): string {
  const items = chats.map(
    ({ id, peer, messages }) =>
      `<li><a href="chats/${id}/${pageName(1)}.html">${nameOf(peer)}</a> <small>${messages} messages</small></li>`,
  );
  return page(
    'Parley export',
    `<h1>Parley export of ${nameOf(user)}</h1>
<p>Made at <time>${exportedAt}</time>. The same data is in the JSON files beside the pages.</p>
<dl><dt>Username</dt><dd>${escapeHtml(user.username)}</dd><dt>Account created</dt><dd><time>${createdAt}</time></dd></dl>
<h2>Chats</h2><ul class="chats">${items.join('\n')}</ul>`,
  );
}

/** @param messages oldest first. */
export function chatPage(
  me: number,
  peer: User,
  messages: readonly Message[],
  number: number,
  pages: number,
): string {
  const to = (n: number, text: string) =>
    n < 1 || n > pages ? '<span></span>' : `<a href="${pageName(n)}.html">${text}</a>`;
  const nav = `<nav>${to(number - 1, 'Earlier')}${to(number + 1, 'Later')}</nav>`;
  const items = messages.map(({ sender, text, timestamp, deleted_at, edited_at, attachments }) => {
    const who = sender.id === me ? 'You' : nameOf(sender);
    const content = deleted_at
      ? '<p class="deleted">Message deleted</p>'
      : `<p dir="auto">${escapeHtml(text)}</p>`;
    const files = attachments.map(
      (file) =>
        `<p><a href="../../${escapeHtml(encodeURI(fileName(file)))}">${escapeHtml(file.name)}</a> <small>${file.size} bytes</small></p>`,
    );
    const edited = edited_at ? ', edited' : '';
    return `<li class="message${sender.id === me ? ' mine' : ''}"><small>${who} · <time>${timestamp}</time>${edited}</small>${content}${files.join('')}</li>`;
  });
  return page(
    `Chat with ${peer.display_name}`,
    `<p><a href="../../index.html">All chats</a></p><h1>Chat with ${nameOf(peer)}</h1>
${nav}<ol>${items.join('\n')}</ol>${nav}`,
  );
}

/** Where the file of an attachment lies in the archive, under a name that every system takes. */
export function fileName({ id, name }: Pick<Attachment, 'id' | 'name'>): string {
  return `files/${id}-${name.replaceAll(/[<>:"|?*#%]/g, '_')}`;
}

/** The name of a page, so that a folder lists them in order. */
export function pageName(number: number): string {
  return String(number).padStart(6, '0');
}
