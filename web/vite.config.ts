import tailwindcss from '@tailwindcss/vite';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build, defineConfig, type Plugin } from 'vite';
import solid from 'vite-plugin-solid';

const server = `127.0.0.1:${process.env.PARLEY_SERVER_PORT ?? '8000'}`;

/**
 * A lazy chunk needs nothing but itself and the entry, as all styles are in one file: Vite's code that loads the chunks
 * and styles of a chunk first has nothing to do, and would be 0.6 kB of the first load.
 */
function importDirectly(): Plugin {
  return {
    name: 'import-directly',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: /^\0vite\/preload-helper\.js$/ },
      handler: () => 'export const __vitePreload = (importIt) => importIt();',
    },
  };
}

/** What is never true in the page, as Solid's own files have it: see `withoutUnusedSolid`. */
const NEVER = {
  'Transition && Transition.running': 'false',
  'if (Transition && ': 'if (false && ',
  'if (Transition) ': 'if (false) ',
  '&& Transition)': '&& false)',
  'SuspenseContext && useContext(SuspenseContext)': 'undefined',
  'if (node.suspense && ': 'if (false && ',
  'ERROR && owner && ': 'undefined && ',
  'if (sharedConfig.': 'if (false && sharedConfig.',
  '!!sharedConfig.context': 'false',
  'isMathML ? ': 'false ? ',
  'hydrating = isHydrating(parent)': 'hydrating = false',
  'if (isHydrating(node)) ': 'if (false) ',
  'if (node.tOwned)': 'if (false)',
  'if (node._$host)': 'if (false)',
  'element === document ? code() : ': '',
  'if (e.composedPath) ': 'if (true) ',
  'retarget(path[0]);': '',
  'retarget(oriTarget);': '',
  'node._$host || node.parentNode || node.host': 'node.parentNode',
  'node.host && typeof node.host !== "string"': 'false',
};

/**
 * Solid is one file with transitions (`startTransition`), suspense, error boundaries, MathML, portals, and hydration of pages
 * that a server has rendered. The page uses none of them, and cannot come into these branches: without them the first load is
 * 1.2 kB smaller. The lint step refuses the imports that would need them (docs/decisions/0079-leave-out-unused-solid.md).
 */
function withoutUnusedSolid(): Plugin {
  const found = new Set<string>();
  return {
    name: 'without-unused-solid',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/solid-js\/(web\/)?dist\/(solid|web)\.js$/ },
      handler: (code) =>
        Object.entries(NEVER).reduce((sofar, [condition, never]) => {
          if (sofar.includes(condition)) found.add(condition);
          return sofar.replaceAll(condition, never);
        }, code),
    },
    buildEnd(error) {
      const missing = Object.keys(NEVER).filter((condition) => !found.has(condition));
      if (!error && missing.length > 0) this.error(`Solid has changed: it has no ${missing.join(', ')}`);
    },
  };
}

/**
 * Solid makes its templates with `innerHTML`, from texts that its compiler wrote. Under Trusted Types that takes a policy,
 * and the Content-Security-Policy of the page (server/src/http/security-headers.ts) names this one only: no other code
 * can turn a text into elements. Browsers without Trusted Types get the text as it is.
 */
function trustTemplates(): Plugin {
  const sink = 't.innerHTML = html;';
  return {
    name: 'trust-templates',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/solid-js\/web\/dist\/web\.js$/ },
      handler(code) {
        if (code.split(sink).length !== 2) this.error(`Solid has changed: it has no ${sink}`);
        return `${code.replace(sink, 't.innerHTML = templates ? templates.createHTML(html) : html;')}
const templates = self.trustedTypes?.createPolicy("solid", { createHTML: (html) => html });`;
      },
    },
  };
}

/**
 * The browser compiles the functions of the first load while it comes, beside the page: most of them are called at once, and each
 * would be compiled in the way of the first paint (docs/decisions/0122-what-the-browser-does-while-it-waits.md).
 */
const COMPILE_AHEAD = '//# allFunctionsCalledOnLoad';

/** Larger files than this, in bytes, are stored by the service worker when they are used for the first time. */
const MAX_STORED_AHEAD = 150_000;
/** What is smaller, in bytes, is sent as it is (server/src/http/compression.ts). */
const MIN_COMPRESSED = 1_024;
/** Files beside the page that the service worker has nothing to do with. */
const NOT_OF_SHELL = /^(sw|sw-off)\.js$/;

/**
 * Builds `sw.js`, which knows the files of this build and, by its version, each other one; and compresses what is sent as a
 * file, so that no request has to.
 */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const index = bundle['index.html'];
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      const font = Object.values(bundle).find(
        (file) => file.type === 'asset' && file.names.includes('figtree-latin.woff2'),
      );
      if (index?.type !== 'asset' || !entry || !font)
        this.error('The build has no start page, or not its font.');
      const assets = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
      const stored = assets.filter((name) => readFileSync(join(dir, name)).length <= MAX_STORED_AHEAD);
      const folder = join(import.meta.dirname, 'public');
      const others = readdirSync(folder, { withFileTypes: true })
        .filter((file) => file.isFile() && !NOT_OF_SHELL.test(file.name))
        .map(({ name }) => name);
      const files = ['/', ...[...others, ...stored].toSorted().map((name) => `/${name}`)];
      const contents = others.map((name) => readFileSync(join(folder, name), 'base64'));
      const version = createHash('sha256')
        .update(JSON.stringify([files, index.source.toString(), contents]))
        .digest('hex')
        .slice(0, 12);
      await build({
        configFile: false,
        logLevel: 'warn',
        define: {
          SHELL: JSON.stringify({
            version,
            files,
            entry: `/${entry.fileName}`,
            fontLink: `</${font.fileName}>; rel=preload; as=font; crossorigin`,
          }),
        },
        build: {
          target: 'es2022',
          outDir: dir,
          emptyOutDir: false,
          copyPublicDir: false,
          modulePreload: false,
          rolldownOptions: {
            input: join(import.meta.dirname, 'src/sw/sw.ts'),
            output: { format: 'iife', entryFileNames: 'sw.js' },
          },
        },
      });
      for (const name of assets.filter((each) => /\.(js|css|svg)$/.test(each))) {
        const content = readFileSync(join(dir, name));
        if (content.length < MIN_COMPRESSED) continue;
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Where the start page has the script of its first frame, by the path of its source. */
const FIRST_FRAME = /<!-- (src\/first-frame\/.*?\.ts) -->/;

/**
 * Puts that script into the page: from a file it would come no sooner than the code of the page. The server names it by its
 * hash in the policy (server/src/http/page.ts).
 */
function inlineFirstFrame(): Plugin {
  return {
    name: 'inline-first-frame',
    transformIndexHtml: {
      order: 'pre',
      async handler(html) {
        const [comment, path] = FIRST_FRAME.exec(html) ?? [];
        // The page of the design has none.
        if (!comment || !path) return html;
        const result = await build({
          configFile: false,
          logLevel: 'warn',
          build: {
            target: 'es2022',
            write: false,
            modulePreload: false,
            rolldownOptions: { input: join(import.meta.dirname, path), output: { format: 'iife' } },
          },
        });
        const [script] = 'output' in result ? result.output : [];
        if (!script) throw new Error(`${path} gives no script.`);
        return html.replace(comment, () => `<script>${script.code.trim()}</script>`);
      },
    },
  };
}

export default defineConfig({
  plugins: [
    importDirectly(),
    withoutUnusedSolid(),
    trustTemplates(),
    solid(),
    tailwindcss(),
    inlineFirstFrame(),
    serviceWorker(),
  ],
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: {
      '/api': `http://${server}`,
      '/ws': { target: `ws://${server}`, ws: true },
    },
  },
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: false,
    rolldownOptions: {
      // Every constant where it is used, and no code for the sake of getters that do something: there are none.
      treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
      optimization: { inlineConst: { mode: 'all', pass: 2 } },
      // One file for the first load, also of what later chunks share with it.
      output: {
        postBanner: ({ isEntry }) => (isEntry ? COMPILE_AHEAD : ''),
        codeSplitting: {
          groups: [
            { name: 'index', tags: ['$initial'], priority: 1 },
            // The second load with its sentences.
            {
              name: 'second-load',
              test: /\/src\/(second-load\/parts|words\/(plurals|languages\/en\/second))\.ts$/,
            },
          ],
        },
      },
    },
    // Inlined assets would need more than `default-src 'self'`.
    assetsInlineLimit: 0,
  },
});
