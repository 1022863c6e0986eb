import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

const server = `127.0.0.1:${process.env.PARLEY_SERVER_PORT ?? '8000'}`;

export default defineConfig({
  plugins: [solid(), tailwindcss()],
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
    // The one lazy chunk needs nothing but itself and the entry.
    modulePreload: false,
    // Inlined assets would need more than `default-src 'self'`.
    assetsInlineLimit: 0,
  },
});
