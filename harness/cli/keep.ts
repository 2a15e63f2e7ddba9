// --keep: once the verdict is known the system stays up, with its addresses on the screen, until Ctrl-C.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunOptions } from '../engine/run.ts';
import type { RunVerdict } from '../engine/verdict.ts';
import type { RunningStack, StackEndpoints } from '../stack/running-stack.ts';
import type { RunningTarget } from '../targets/target.ts';

export type KeepOptions = {
  readonly folder: string;
  readonly say: (text: string) => void;
  /** Writes the reports and shows the verdict before the wait. */
  readonly tell: (verdict: RunVerdict) => Promise<void>;
  readonly signal: AbortSignal;
};

export const keepRunning =
  ({ folder, say, tell, signal }: KeepOptions): NonNullable<RunOptions['beforeTakedown']> =>
  async (target, verdict, stack) => {
    await tell(verdict);
    say(addresses(target, stack, folder));
    await aborted(signal);
  };

const addresses = (target: RunningTarget, stack: RunningStack, folder: string): string =>
  [
    '',
    'The last scenario is left running:',
    ...target.processes().map(({ role, index, address, pid }) => `  ${`${role} ${index}`.padEnd(10)} ${address} (pid ${pid})`),
    `  ${'database'.padEnd(10)} ${target.databaseUrl}`,
    ...telemetryLines(stack.endpoints).map(([name, url]) => `  ${name.padEnd(10)} ${url}`),
    `  ${'report'.padEnd(10)} ${pathToFileURL(join(folder, 'report.html')).href}`,
    `Ask it something:  curl '${target.queryUrl}/status'`,
    'Stop it with Ctrl-C; everything is taken down then.',
  ].join('\n');

/** One line where one address serves all. */
const telemetryLines = ({ otlp, prometheus, tempo, loki, page, grafana }: StackEndpoints): readonly (readonly [string, string])[] => {
  const seen: readonly (readonly [string, string | undefined])[] = [
    ['dashboards', page],
    ['grafana', grafana],
  ];
  const apis: readonly (readonly [string, string])[] =
    prometheus === tempo && tempo === loki
      ? [['telemetry', `${prometheus} (OTLP in; Prometheus, Tempo and Loki query APIs out)`]]
      : [
          ['prometheus', `${prometheus} (OTLP: ${otlp.metrics})`],
          ['tempo', `${tempo} (OTLP: ${otlp.traces})`],
          ['loki', `${loki} (OTLP: ${otlp.logs})`],
        ];
  return [...apis, ...seen.flatMap(([name, url]) => (url === undefined ? [] : [[name, url] as const]))];
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
