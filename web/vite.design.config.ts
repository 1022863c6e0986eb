import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

/**
 * Builds the page `/design` alone, for the suite that compares screenshots of it (e2e/design.e2e-spec.ts): the same components
 * and styles, and nothing of it in the product. While developing, `npm run dev` serves it without a build.
 */
export default defineConfig({
  plugins: [solid(), tailwindcss()],
  build: {
    target: 'es2022',
    outDir: 'design/dist',
    modulePreload: false,
    // One file: nothing comes later, and no chunk takes too long.
    rolldownOptions: { input: 'design.html', output: { codeSplitting: false } },
    chunkSizeWarningLimit: 2_000,
    assetsInlineLimit: 0,
  },
});
