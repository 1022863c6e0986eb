import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';
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

/**
 * Kobalte, which only lazy chunks use, renders with a copy of `solid-js/web` of its own: bundlers do not split modules, and
 * what it alone uses of this one would be 2.4 kB of the first load. The copies share their state, which is in `solid-js` and
 * in the document.
 */
function renderKobalteApart(): Plugin {
  return {
    name: 'render-kobalte-apart',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (source !== 'solid-js/web' || !importer?.includes('/node_modules/@kobalte/')) return null;
      const web = await this.resolve(source, importer, { skipSelf: true });
      return web && `${web.id}?kobalte`;
    },
  };
}

export default defineConfig({
  plugins: [importDirectly(), renderKobalteApart(), solid(), tailwindcss()],
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
    },
    // Inlined assets would need more than `default-src 'self'`.
    assetsInlineLimit: 0,
  },
});
