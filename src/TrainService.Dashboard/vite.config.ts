import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// The service serves what is built here from /dashboard; everything else on the same origin is its API.
const service = 'http://127.0.0.1:8080';
const api = ['/jobs', '/datasets', '/checkpoints', '/catalog', '/architectures', '/schedules', '/schema', '/docs', '/health', '/metrics', '/swagger', '/hubs'];

/** Packed once, as well as it goes: the service sends these to whoever takes them. */
const packed = (): Plugin => ({
  name: 'packed',
  apply: 'build',
  closeBundle() {
    for (const file of readdirSync('dist/assets').filter((f) => /\.(js|css)$/.test(f))) {
      const bytes = readFileSync(`dist/assets/${file}`);
      writeFileSync(`dist/assets/${file}.br`, brotliCompressSync(bytes));
      writeFileSync(`dist/assets/${file}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
});

export default defineConfig({
  base: '/dashboard/',
  plugins: [packed()],
  build: { target: 'es2022', chunkSizeWarningLimit: 400, sourcemap: false },
  server: { proxy: Object.fromEntries(api.map((path) => [path, { target: service, ws: path === '/hubs' }])) },
});
