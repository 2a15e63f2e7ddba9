// The way imports go, as docs/architecture.md says it: each rule with its reason, so that a red gate explains itself.
import type { Import } from './module-graph.ts';

export type Rule = { readonly name: string; readonly why: string; readonly forbids: (edge: Import, all: readonly Import[]) => boolean };

const isInside = (path: string, ...folders: readonly string[]): boolean => folders.some((folder) => path.startsWith(`${folder}/`));
const isTest = (path: string): boolean => /\.(test|contract)\.ts$|(^|\/)testing\.ts$/.test(path);
const isPackage = (path: string): boolean => !isInside(path, 'system', 'harness', 'scenarios', 'grafana', '.ci');

/** The folder of the driver that a path belongs to: system/stream/postgres/writer.ts -> system/stream/postgres. */
const driverOf = (path: string): string | null => /^(?:system\/(?:stream|storage)|harness\/drivers)\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;

const driverName = (path: string): string | undefined => driverOf(path)?.split('/').at(-1);

/** The parts of the system that know drivers by interface alone. */
const byInterface = [
  'contract',
  'access',
  'client',
  'consumers',
  'ingest',
  'processor',
  'query',
  'recovery',
  'schemas',
  'telemetry',
  'workers',
].map((part) => `system/${part}`);

/** What a folder's registry lists: its faults, its checkers. */
const isRegistered = (path: string, all: readonly Import[]): boolean =>
  all.some(
    ({ from, to, isType }) => to === path && !isType && /^harness\/(faults|checkers)\/registry\.ts$/.test(from) && sameFolder(from, to),
  );

const sameFolder = (a: string, b: string): boolean => a.slice(0, a.lastIndexOf('/')) === b.slice(0, b.lastIndexOf('/'));

export const rules: readonly Rule[] = [
  {
    name: 'system-knows-no-harness',
    why: 'the system is the same whether it is tested or not',
    forbids: ({ from, to }) => isInside(from, 'system') && isInside(to, 'harness', 'scenarios', '.ci'),
  },
  {
    name: 'harness-is-a-client',
    why: 'the harness speaks to the system as any client would; only harness/targets/faultline may know system/contract',
    forbids: ({ from, to }) =>
      isInside(from, 'harness') &&
      isInside(to, 'system') &&
      !(isInside(from, 'harness/targets/faultline') && isInside(to, 'system/contract')),
  },
  {
    name: 'scenario-is-data',
    why: 'a scenario imports harness/scenario alone, so that a reader needs to know nothing else',
    forbids: ({ from, to }) => isInside(from, 'scenarios') && !isTest(from) && !isInside(to, 'harness/scenario'),
  },
  {
    name: 'nothing-imports-scenarios',
    why: 'scenarios are found and loaded by harness/cli',
    forbids: ({ from, to }) => isInside(to, 'scenarios') && !isInside(from, 'harness/cli', 'scenarios'),
  },
  {
    name: 'drivers-know-no-sibling',
    why: 'a driver that leans on another can not be replaced alone',
    forbids: ({ from, to }) => {
      const [one, other] = [driverOf(from), driverOf(to)];
      return one !== null && other !== null && one !== other && driverName(from) !== driverName(to);
    },
  },
  {
    name: 'faults-and-checkers-know-no-sibling',
    why: 'each is judged alone; what two of them share has a file of its own',
    forbids: ({ from, to }, all) =>
      !isTest(from) && from !== to && sameFolder(from, to) && isRegistered(from, all) && isRegistered(to, all),
  },
  {
    name: 'drivers-by-interface',
    why: 'only system/main wires drivers; the other parts know the stream and storage by interface alone',
    forbids: ({ from, to }) => isInside(from, ...byInterface) && !isTest(from) && isInside(to, 'system') && driverOf(to) !== null,
  },
  {
    name: 'contract-comes-first',
    why: 'system/contract is what others may know, and knows none of them',
    forbids: ({ from, to }) => isInside(from, 'system/contract') && isInside(to, 'system') && !isInside(to, 'system/contract'),
  },
  {
    name: 'client-knows-the-contract',
    why: 'a client runs in the processes of others: of the system it knows what anyone may know',
    forbids: ({ from, to }) =>
      isInside(from, 'system/client') && !isTest(from) && isInside(to, 'system') && !isInside(to, 'system/client', 'system/contract'),
  },
  {
    name: 'client-is-for-others',
    why: 'the system does not send itself events; what both need is in system/contract',
    forbids: ({ from, to }) =>
      isInside(to, 'system/client') && isInside(from, 'system') && !isInside(from, 'system/client') && !isTest(from),
  },
  {
    name: 'grafana-knows-the-contract',
    why: 'dashboards and alerts are made from the signal catalogue, and read by others as the files that they become',
    forbids: ({ from, to }) =>
      isInside(from, 'grafana')
        ? !isPackage(to) && !isInside(to, 'grafana', 'system/contract')
        : isInside(to, 'grafana') && to.endsWith('.ts'),
  },
  {
    name: 'main-sees-all',
    why: 'system/main wires; nothing else leans on it',
    forbids: ({ from, to }) => isInside(to, 'system/main') && !isInside(from, 'system/main'),
  },
  {
    name: 'cli-sees-all',
    why: 'harness/cli wires; nothing else leans on it',
    forbids: ({ from, to }) => isInside(to, 'harness/cli') && !isInside(from, 'harness/cli'),
  },
  {
    name: 'testing-is-for-tests',
    why: 'what tests share must not run in the product',
    forbids: ({ from, to }) => !isPackage(to) && /(^|\/)testing\.ts$/.test(to) && !isTest(from),
  },
];
