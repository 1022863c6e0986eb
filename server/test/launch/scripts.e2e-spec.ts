import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { newFolder, removeFolders, ROOT } from './parley.js';

afterAll(removeFolders);

/** What a function of scripts/lib gives back: they are plain modules that jest would have to transform. */
function callScript(module: string, name: string, ...args: unknown[]): unknown {
  const code = callOf(module, name, args);
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
  );
}

/** The same while this process goes on, with further environment variables. */
async function callScriptAsync(
  module: string,
  name: string,
  args: unknown[],
  env: Record<string, string>,
): Promise<unknown> {
  const code = callOf(module, name, args);
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', code],
    options,
  );
  return JSON.parse(stdout);
}

function callOf(module: string, name: string, args: unknown[]): string {
  const url = pathToFileURL(join(ROOT, 'scripts/lib', module)).href;
  return `import { ${name} } from ${JSON.stringify(url)};
    process.stdout.write(JSON.stringify(await ${name}(...${JSON.stringify(args)})));`;
}

describe('the version of Node', () => {
  it.each(['v14.21.3', 'v18.20.4', 'v20.18.3'])('%s is too old', (version) => {
    expect(callScript('node-version.mjs', 'nodeComplaint', version)).toBe(
      `Parley needs Node 20.19 or newer; this is ${version}. Get the current long-term release at https://nodejs.org, then try again.`,
    );
  });
  it.each(['v21.7.3', 'v22.11.0'])('%s cannot load our packages either', (version) => {
    expect(callScript('node-version.mjs', 'nodeComplaint', version)).toMatch(
      /^Parley needs Node 22\.12 or newer/,
    );
  });
  it.each(['v20.19.0', 'v22.12.0', 'v24.1.0', 'v26.0.0'])('%s is accepted', (version) => {
    expect(callScript('node-version.mjs', 'nodeComplaint', version)).toBe('');
    expect(callScript('node-version.mjs', 'nodeRemark', version)).toBe('');
  });
  it.each(['v23.0.0', 'v27.1.0'])(
    '%s is accepted with a remark, because nothing is tested on it',
    (version) => {
      expect(callScript('node-version.mjs', 'nodeComplaint', version)).toBe('');
      expect(callScript('node-version.mjs', 'nodeRemark', version)).toBe(
        `Parley is tested on Node 20, 22, 24, 26; this is ${version}.`,
      );
    },
  );
});

/** An exported constant of a module of scripts/lib. */
function constantOf(module: string, name: string): unknown {
  const url = pathToFileURL(join(ROOT, 'scripts/lib', module)).href;
  const code = `import { ${name} } from ${JSON.stringify(url)}; process.stdout.write(JSON.stringify(${name}));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
  );
}

const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the versions of Node that are tested', () => {
  const recommended = textOf('.nvmrc').trim();
  const lines = Object.entries(constantOf('node-version.mjs', 'TESTED_LINES') as Record<string, number>);
  const versions = constantOf('test-nodes.mjs', 'TESTED_VERSIONS') as string[];

  it('are what `engines` says, one version of each line', () => {
    const { engines } = JSON.parse(textOf('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe(lines.map(([major, minor]) => `^${major}.${minor}.0`).join(' || '));
    expect(versions.map((version) => version.split('.')[0])).toEqual(lines.map(([major]) => major));
    for (const version of versions) {
      expect(callScript('node-version.mjs', 'nodeComplaint', `v${version}`)).toBe('');
    }
  });
  it('have the recommended one among them, which is the one of the container', () => {
    expect(versions).toContain(recommended);
    expect(/^ARG NODE_VERSION=(.+)$/m.exec(textOf('Dockerfile'))?.[1]).toBe(recommended);
    const bases = textOf('Dockerfile').match(/^FROM node:.+$/gm) ?? [];
    expect(bases).toHaveLength(3);
    for (const base of bases) expect(base).toMatch(/^FROM node:\$\{NODE_VERSION\}-/);
  });
});

describe('the workflow of GitHub', () => {
  const { jobs } = parseYaml(textOf('.github/workflows/ci.yml')) as {
    jobs: { check: { strategy: { matrix: { node: string[] } }; steps: { run?: string }[] } };
  };

  it('runs .ci/run on every tested version of Node', () => {
    expect(jobs.check.strategy.matrix.node).toEqual(constantOf('test-nodes.mjs', 'TESTED_VERSIONS'));
    expect(jobs.check.steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
  });
});

describe('.ci/run', () => {
  it('proves what `npm run check` proves, with nothing from a cache', () => {
    const script = textOf('.ci/run');
    expect(script).toMatch(/^export NX_SKIP_NX_CACHE=true$/m);
    expect(script.trimEnd()).toMatch(/\nnpm run check$/);
  });
});

const writtenAt = () => statSync(join(ROOT, 'server/dist/serve.js')).mtimeMs;

describe('a build', () => {
  it('writes nothing when sources and outputs are as the last one left them', () => {
    const url = pathToFileURL(join(ROOT, 'scripts/lib/build.mjs')).href;
    const code = `import { build } from ${JSON.stringify(url)}; await build();`;
    const build = () => execFileSync(process.execPath, ['--input-type=module', '-e', code]);
    build();
    const before = writtenAt();
    build();
    expect(writtenAt()).toBe(before);
  });
});

describe('the tiers of the server’s tests', () => {
  it('have every suite in one of them', () => {
    const { scripts } = JSON.parse(textOf('server/package.json')) as { scripts: Record<string, string> };
    const tiers = Object.values(scripts).flatMap((command) => / (test\/\w+)/.exec(command)?.[1] ?? []);
    const files = readdirSync(join(ROOT, 'server/test'), { recursive: true, encoding: 'utf8' });
    const suites = files.filter((file) => file.endsWith('.e2e-spec.ts')).map((file) => `test/${file}`);
    expect(suites.length).toBeGreaterThan(50);
    expect(suites.filter((file) => !tiers.some((tier) => file.startsWith(`${tier}/`)))).toEqual([]);
  });
});

const results = (...contents: unknown[]) => {
  const folder = newFolder();
  return contents.map((content, i) => {
    const path = join(folder, `${i}.json`);
    if (content !== undefined) writeFileSync(path, JSON.stringify(content));
    return { name: `suite ${i}`, path };
  });
};

const sumUp = (...contents: unknown[]) => callScript('test-results.mjs', 'sumUp', results(...contents));

describe('the sum of npm test', () => {
  const passed = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    numTotalTests: 4,
  };
  it('adds up all suites', () => {
    const failed = { ...passed, numFailedTests: 2, success: false, numRuntimeErrorTestSuites: 0 };
    expect(sumUp({ ...passed, success: true, numRuntimeErrorTestSuites: 0 }, failed)).toEqual({
      passed: 6,
      failed: 2,
      skipped: 2,
      failures: [],
      flaky: [],
      problems: [],
    });
  });
  it('does not let a suite that never ran pass for one that passed', () => {
    expect(sumUp(undefined)).toMatchObject({ problems: [expect.stringContaining('did not run to its end')] });
    const broken = { ...passed, numRuntimeErrorTestSuites: 1, success: false };
    expect(sumUp(broken)).toMatchObject({
      problems: [expect.stringContaining('could not be run'), expect.anything()],
    });
    const empty = {
      ...passed,
      numPassedTests: 0,
      numTotalTests: 0,
      success: true,
      numRuntimeErrorTestSuites: 0,
    };
    expect(sumUp(empty)).toMatchObject({ problems: [expect.stringContaining('found no tests')] });
  });
});

describe('the installation of packages', () => {
  /** Writes its arguments to a file, and the list that npm leaves behind; fails when FAIL is set. */
  const NPM = `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
    mkdirSync('node_modules', { recursive: true });
    appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
    if (process.env.FAIL) process.exit(1);
    writeFileSync('node_modules/.package-lock.json', '{}');`;
  let root: string;
  beforeEach(() => {
    root = newFolder();
    cpSync(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(ROOT, file), join(root, file));
    writeFileSync(join(root, 'npm-cli.cjs'), NPM);
  });

  /** @returns how npm was called since the last time. */
  function install(withTools: boolean, env: Record<string, string> = {}): string[] {
    const calls = join(root, 'calls');
    rmSync(calls, { force: true });
    const url = pathToFileURL(join(root, 'scripts/lib/install.mjs')).href;
    const code = `import { installPackages } from ${JSON.stringify(url)}; await installPackages(${withTools});`;
    spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, ...env, npm_execpath: join(root, 'npm-cli.cjs') },
    });
    return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  }

  it('leaves tools/ out until a test or a check needs it, and installs nothing twice', () => {
    const [first = '', ...more] = install(false);
    expect([first, more]).toEqual([
      expect.stringMatching(/^ci .*--workspace=server .*--include-workspace-root$/),
      [],
    ]);
    expect(first).not.toContain('tools');
    expect(install(false)).toEqual([]);
    expect(install(true)).toEqual([expect.stringMatching(/^install --no-save (?!.*--workspace)/)]);
    expect([...install(true), ...install(false)]).toEqual([]);
  });

  it('begins anew after an installation that failed', () => {
    install(false);
    expect(install(true, { FAIL: '1' })).toEqual([expect.stringMatching(/^install /)]);
    expect(install(true)).toEqual([expect.stringMatching(/^ci /)]);
  });
});

describe('the audit of a release', () => {
  const PACKAGE = 'left-pad';
  const advisory = (severity: string) => ({
    [PACKAGE]: [
      { id: 1, url: 'https://example.com/1', title: 'Pads too far', severity, vulnerable_versions: '*' },
    ],
  });

  /** A project with one package, and a registry that gives one answer to the question for advisories. */
  async function audited(status: number, answer: object): Promise<unknown> {
    const folder = newFolder();
    const lock = { name: 'x', lockfileVersion: 3, requires: true, packages: {} };
    const root = { name: 'x', dependencies: { [PACKAGE]: '1.3.0' } };
    lock.packages = { '': root, [`node_modules/${PACKAGE}`]: { version: '1.3.0' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const registry = createServer((request, response) => {
      request.resume();
      const isQuestion = request.method === 'POST';
      response.writeHead(isQuestion ? status : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(isQuestion ? answer : {}));
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
    try {
      const { port } = registry.address() as AddressInfo;
      return await callScriptAsync('audit.mjs', 'audit', [folder], {
        npm_config_registry: `http://127.0.0.1:${port}/`,
        npm_config_fetch_retries: '0',
        // It keeps advisories by their id.
        npm_config_cache: join(folder, 'cache'),
      });
    } finally {
      registry.close();
      registry.closeAllConnections();
    }
  }

  it('names vulnerabilities of level high, and counts lesser ones', async () => {
    expect(await audited(200, advisory('high'))).toEqual({
      blocking: [`${PACKAGE} (high): Pads too far (https://example.com/1)`],
      others: 0,
    });
    expect(await audited(200, advisory('moderate'))).toEqual({ blocking: [], others: 1 });
    expect(await audited(200, {})).toEqual({ blocking: [], others: 0 });
  });

  it('says that the registry did not answer, and why, instead of that all is well', async () => {
    expect(await audited(405, {})).toEqual({ unanswered: expect.stringContaining('405') as unknown });
    expect(await audited(503, {})).toEqual({ unanswered: expect.stringContaining('503') as unknown });
  });
});
