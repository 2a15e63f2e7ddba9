// What the commands of `npm run ops` work with.
import type { Clock } from '../../telemetry/clock.ts';

export type OpsSurroundings = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Who asks, where --by does not say. */
  readonly user: string;
  readonly readFile: (path: string) => Promise<string>;
  /** Where the file of an import may come from. */
  readonly stdin: NodeJS.ReadableStream;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly sleep: (delayMs: number) => Promise<unknown>;
  readonly randomId: () => string;
};
