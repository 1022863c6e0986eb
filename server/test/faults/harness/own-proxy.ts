import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort, newFolder, removeFolders } from '../../launch/parley.js';
import { run, type Run } from '../../launch/processes.js';

const CADDYFILE = join(resolve(__dirname, '../../../..'), 'docker/Caddyfile');

/** The proxy of docker-compose.yml, with the very same configuration, in front of these servers. Loopback only. */
export class OwnProxy {
  private constructor(
    readonly port: number,
    private readonly process: Run,
  ) {}

  /** @param edit what an operator changes in the Caddyfile, e.g. for TLS. */
  static async before(
    serverPorts: readonly number[],
    edit: (caddyfile: string) => string = (caddyfile) => caddyfile,
  ): Promise<OwnProxy> {
    const port = await freePort();
    const folder = newFolder();
    const config = join(folder, 'Caddyfile');
    await writeFile(config, edit(await readFile(CADDYFILE, 'utf8')));
    const caddy = run(
      process.env.CADDY_PATH ?? 'caddy',
      ['run', '--config', config, '--adapter', 'caddyfile'],
      {
        env: {
          ...process.env,
          PORT: String(port),
          BIND: '127.0.0.1',
          SERVERS: serverPorts.map((server) => `127.0.0.1:${server}`).join(' '),
          XDG_DATA_HOME: folder,
          XDG_CONFIG_HOME: folder,
        },
      },
    );
    try {
      await caddy.says(/serving initial configuration/);
    } catch (error) {
      const hint = 'This suite needs caddy in PATH, or CADDY_PATH (`npm test` sees to that).';
      throw new Error(`${hint} ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    return new OwnProxy(port, caddy);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.process.child.kill('SIGKILL');
    await this.process.ended;
    removeFolders();
  }
}
