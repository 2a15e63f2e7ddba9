// What the commands of `npm run ops` work with.
import type { Clock } from '../../telemetry/clock.ts';
import type { WholeFile } from './open-file.ts';

export type OpsSurroundings = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Who asks, where --by does not say. */
  readonly user: string;
  /** FAULTLINE_API_KEY, for the query process; null: none. */
  readonly apiKey: string | null;
  /** DATABASE_URL, for keys and tenants; null: the database of a data folder. */
  readonly databaseUrl: string | null;
  readonly readFile: (path: string) => Promise<string>;
  /** Where the file of an import may come from. */
  readonly stdin: NodeJS.ReadableStream;
  /** `-`: standard output. */
  readonly openFile: (path: string) => Promise<WholeFile>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly sleep: (delayMs: number) => Promise<unknown>;
  readonly randomId: () => string;
};
