import { defineConfig } from 'vite';

// The service serves what is built here from /dashboard; everything else on the same origin is its API.
const service = 'http://127.0.0.1:8080';
const api = ['/jobs', '/datasets', '/checkpoints', '/catalog', '/architectures', '/schedules', '/schema', '/health', '/metrics', '/swagger', '/hubs'];

export default defineConfig({
  base: '/dashboard/',
  build: { target: 'es2022', chunkSizeWarningLimit: 400, sourcemap: false },
  server: { proxy: Object.fromEntries(api.map((path) => [path, { target: service, ws: path === '/hubs' }])) },
});
