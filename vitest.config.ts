// Two projects: unit tests (no I/O) and integration tests (real sockets, real PostgreSQL), which share one server.
import { defineConfig } from 'vitest/config';

const elsewhere = ['**/node_modules/**', '.ci/fixtures/**', 'runs/**', 'data/**'];

export default defineConfig({
  test: {
    // Two cores: more at once would only make each other late.
    maxWorkers: 2,
    // Bounds for a busy machine, not expectations.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['.ci/fast-check-seed.ts'],
          include: ['{system,harness,scenarios,grafana,.ci}/**/*.test.ts'],
          exclude: [...elsewhere, '**/*.int.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['{system,harness,scenarios,grafana,.ci}/**/*.int.test.ts'],
          exclude: elsewhere,
          globalSetup: ['.ci/vitest-global-setup.ts'],
        },
      },
    ],
  },
});
