// Which processes make up the system, and the environment of each.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartOptions } from './options.ts';

export type ProcessPlan = {
  readonly name: string;
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The flag of its port; null: it takes any free one. */
  readonly portFlag: '--port' | '--query-port' | null;
};

/** In the order in which they are stopped. */
export type SystemPlan = {
  readonly ingest: readonly ProcessPlan[];
  readonly workers: readonly ProcessPlan[];
  readonly query: readonly ProcessPlan[];
};

export type PlanContext = {
  readonly options: Pick<StartOptions, 'ingest' | 'workers'>;
  /** Files of a team's own processors, from the environment and from flags. */
  readonly processors: readonly string[];
  /** Free ones. */
  readonly port: number;
  readonly queryPort: number;
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export const programOf = (name: string): string => fileURLToPath(new URL(`../${name}${extname(import.meta.url)}`, import.meta.url));

const numbered = (name: string, count: number, index: number): string => (count === 1 ? name : `${name} ${index + 1}`);

export const planSystem = ({ options, port, queryPort, processors, databaseUrl, environment }: PlanContext): SystemPlan => {
  const plan = (
    name: string,
    count: number,
    portFlag: ProcessPlan['portFlag'],
    extra: Readonly<Record<string, string>>,
  ): readonly ProcessPlan[] =>
    Array.from({ length: count }, (_, index) => ({
      name: numbered(name, count, index),
      program: programOf(name),
      portFlag,
      environment: { ...environment, DATABASE_URL: databaseUrl, ...extra },
    }));
  return {
    ingest: plan('ingest', options.ingest, '--port', { FAULTLINE_PORT: String(port), FAULTLINE_REUSE_PORT: String(options.ingest > 1) }),
    workers: plan('worker', options.workers, null, {
      FAULTLINE_PORT: '0',
      ...(processors.length > 0 && { FAULTLINE_PROCESSORS: processors.join(',') }),
    }),
    query: plan('query', 1, '--query-port', { FAULTLINE_PORT: String(queryPort) }),
  };
};
