// The gates that every change passes, and for each a canary: a small tree that must turn it red.
// A gate runs in the folder it is given; the same command runs on the canary, so what is proven is the gate itself.

export type Gate = {
  readonly name: string;
  /** Run with node_modules/.bin first on PATH. */
  readonly command: readonly [string, ...string[]];
  /** The same, looking at the canary in `.ci/fixtures/<name>`, from the repository's root. */
  readonly canary: readonly [string, ...string[]];
  /** What the canary's output must hold: red for this reason and no other. */
  readonly says: readonly RegExp[];
};

const lint = ['oxlint', '--type-aware', '--deny-warnings', '--config', '.oxlintrc.json'] as const;
const fixture = '.ci/fixtures';

export const gates: readonly Gate[] = [
  {
    name: 'typecheck',
    command: ['tsc', '--noEmit'],
    canary: ['tsc', '--noEmit', '--project', `${fixture}/typecheck/tsconfig.json`],
    says: [/unchecked-index\.ts.*TS2322/, /optional-property\.ts.*TS2375/, /enum\.ts.*TS1294/],
  },
  {
    name: 'typecheck-browser',
    command: ['tsc', '--noEmit', '--project', 'harness/stack/embedded/page/browser'],
    canary: ['tsc', '--noEmit', '--project', `${fixture}/typecheck-browser/tsconfig.json`],
    says: [/node-in-browser\.ts.*TS2591/, /unchecked-element\.ts.*TS2531/],
  },
  {
    name: 'lint',
    command: [...lint, '--ignore-pattern', '.ci/fixtures/**'],
    canary: [...lint, '--tsconfig', `${fixture}/lint/tsconfig.json`, `${fixture}/lint`],
    says: [
      /no-floating-promises/,
      /no-misused-promises/,
      /switch-exhaustiveness-check/,
      /no-explicit-any/,
      /eqeqeq/,
      /prefer-const/,
      /\(max-lines\)/,
      /max-lines-per-function/,
      /no-default-export/,
      /no-cycle/,
    ],
  },
  {
    name: 'format',
    command: ['oxfmt', '--check', '.'],
    // Fixtures are ignored by the configuration, so that nobody formats a canary by accident; the canary has its own, with the same style.
    canary: ['oxfmt', '--check', '--config', `${fixture}/format/oxfmtrc.json`, `${fixture}/format`],
    says: [/double-quotes\.ts/],
  },
  {
    name: 'directions',
    command: ['node', '.ci/directions/check.ts'],
    canary: ['node', '.ci/directions/check.ts', `${fixture}/directions`],
    says: [
      /system\/ingest\/door\.ts:\d+ imports harness\/.*\n.*system-knows-no-harness/,
      /harness\/engine\/run\.ts:\d+ imports system\/contract\/.*\n.*harness-is-a-client/,
      /scenarios\/steady\.ts:\d+ imports harness\/engine\/.*\n.*scenario-is-data/,
      /harness\/engine\/run\.ts:\d+ imports scenarios\/.*\n.*nothing-imports-scenarios/,
      /harness\/drivers\/http\/driver\.ts:\d+ imports harness\/drivers\/udp\/.*\n.*drivers-know-no-sibling/,
      /harness\/checkers\/lost\.ts:\d+ imports harness\/checkers\/order\.ts\n.*faults-and-checkers-know-no-sibling/,
      /system\/workers\/deliver\.ts:\d+ imports system\/storage\/postgres\/.*\n.*drivers-by-interface/,
      /system\/contract\/schema\.ts:\d+ imports system\/ingest\/.*\n.*contract-comes-first/,
      /system\/client\/producer\.ts:\d+ imports system\/ingest\/.*\n.*client-knows-the-contract/,
      /system\/ingest\/door\.ts:\d+ imports system\/client\/.*\n.*client-is-for-others/,
      /grafana\/alerts\/rules\.ts:\d+ imports system\/ingest\/.*\n.*grafana-knows-the-contract/,
      /harness\/engine\/run\.ts:\d+ imports grafana\/.*\n.*grafana-knows-the-contract/,
      /system\/workers\/deliver\.ts:\d+ imports system\/main\/.*\n.*main-sees-all/,
      /harness\/engine\/run\.ts:\d+ imports harness\/cli\/.*\n.*cli-sees-all/,
      /system\/ingest\/door\.ts:\d+ imports system\/query\/testing\.ts\n.*testing-is-for-tests/,
    ],
  },
  {
    name: 'deadcode',
    command: ['knip', '--no-progress'],
    canary: ['knip', '--no-progress', '--directory', `${fixture}/deadcode`],
    says: [/system\/never-imported\.ts/, /neverCalled/, /left-pad/],
  },
  {
    // Every checker, shape of traffic, driver and fault says no to what is bad and yes to what comes near; the canary target must fail.
    name: 'tools',
    command: ['node', 'harness/cli/selftest.ts', '--tools'],
    canary: ['node', 'harness/cli/selftest.ts', '--tools', '--blunt', 'lost', 'lost', 'canary'],
    says: [/UNPROVEN {2}checker lost/, /UNPROVEN {2}verdict canary/, /^0 passed, 2 failed$/m],
  },
];
