// Two projects: unit tests (no I/O) and integration tests (real sockets, real PostgreSQL), which share one server.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongLast } from './.ci/long-last.ts';

/** Of the processes that tests start, hundreds of times the same: each is ready in half the time. The harness keeps its own there too. */
const compileCache = fileURLToPath(new URL('node_modules/.cache/faultline-compile', import.meta.url));
const elsewhere = ['**/node_modules/**', '.ci/fixtures/**', 'runs/**', 'data/**'];

export default defineConfig({
  test: {
    // One more than the two cores of CI: with two, one core in seven stood idle while tests waited for leases and for processes to end.
    maxWorkers: 3,
    // Bounds for a busy machine, not expectations.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    retry: 0,
    sequence: { sequencer: LongLast },
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // They keep nothing beside themselves, so files share a process and what it has loaded: half the time.
          isolate: false,
          setupFiles: ['.ci/fast-check-seed.ts'],
          include: ['{system,harness,scenarios,grafana,.ci}/**/*.test.ts'],
          exclude: [...elsewhere, '**/*.int.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          // As those above: what they start is processes, servers and databases of their own, and they leave none behind.
          isolate: false,
          setupFiles: ['.ci/long-tests.ts'],
          include: ['{system,harness,scenarios,grafana,.ci}/**/*.int.test.ts'],
          exclude: elsewhere,
          env: { NODE_COMPILE_CACHE: compileCache },
          globalSetup: ['.ci/vitest-global-setup.ts'],
        },
      },
    ],
  },
});
