import { freePort } from '@parley/embedded-postgres';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A real identity provider in a process of its own. */
export class IdentityProvider {
  private constructor(
    private readonly process: ChildProcess,
    readonly issuer: string,
  ) {}

  static async start(): Promise<IdentityProvider> {
    const port = await freePort();
    const child = fork(join(__dirname, 'oidc-provider.mjs'), [String(port)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('The provider does not start.'))),
    ]);
    return new IdentityProvider(child, `http://localhost:${port}`);
  }

  /** What a server needs to log in with it, as provider `corp`. */
  get settings(): Record<string, string> {
    return this.settingsAs('corp');
  }

  /** The same as several providers, with these ids. */
  settingsAs(...ids: string[]): Record<string, string> {
    const named = ids.map((id) => {
      const prefix = `OIDC_${id.toUpperCase()}`;
      return {
        [`${prefix}_ISSUER`]: this.issuer,
        [`${prefix}_CLIENT_ID`]: 'parley',
        [`${prefix}_CLIENT_SECRET`]: 'secret',
        [`${prefix}_NAME`]: id.charAt(0).toUpperCase() + id.slice(1),
      };
    });
    return Object.assign({ OIDC_PROVIDERS: ids.join(',') }, ...named) as Record<string, string>;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}

/** A browser without scripts: follows redirects by hand, keeps cookies by origin, and sends the forms of the provider. */
export class PlainBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** One request. @returns its answer, whose redirect is not followed. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { Cookie: cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Forgets the cookies of a site. */
  forget(origin: string): void {
    this.#cookies.delete(origin);
  }

  /** As somebody does who can write cookies for the site, but not read them. */
  setCookie(origin: string, name: string, value: string): void {
    this.#cookies.get(origin)?.set(name, value);
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(origin)?.get(name);
  }

  /** Follows redirects until `isThere`, and logs in and consents on the way. @returns the URL, which is not opened. */
  async follow(url: string, login: string, isThere: (url: string) => boolean): Promise<string> {
    let next = url;
    for (let steps = 0; steps < 15; steps++) {
      if (isThere(next)) return next;
      const page = await this.open(next);
      const location = page.headers.get('Location');
      if (location) {
        next = new URL(location, next).href;
        continue;
      }
      const html = await page.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1];
      const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1];
      if (!action || !prompt) throw new Error(`No form: ${page.status} ${html.slice(0, 200)}`);
      const sent = await this.open(new URL(action, next).href, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ prompt, login, password: 'any' }).toString(),
      });
      next = new URL(sent.headers.get('Location') ?? next, next).href;
    }
    throw new Error(`Too many steps: ${next}`);
  }
}
