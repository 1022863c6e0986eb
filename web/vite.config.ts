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

export default defineConfig({
  plugins: [importDirectly(), solid(), tailwindcss()],
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
      output: { codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] } },
    },
    // Inlined assets would need more than `default-src 'self'`.
    assetsInlineLimit: 0,
  },
});
