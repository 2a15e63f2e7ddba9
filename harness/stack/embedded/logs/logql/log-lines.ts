// A log query over stored entries.
import { createLabelsBuilder } from './stages/labels-builder.ts';
import type { LabelKinds } from './stages/labels-builder.ts';
import { noHints } from './stages/hints.ts';
import { compileFirstFilter, compilePipeline } from './stages/run-stages.ts';
import type { LogSource } from './select.ts';
import { selectEntries } from './select.ts';
import type { LogQuery } from './syntax/ast.ts';
import type { Turn } from './turn.ts';

export type LogLine = { readonly atNano: bigint; readonly line: string; readonly labels: LabelKinds };

export type LogWindow = {
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /** At least this far from the line before; 0: every line. */
  readonly intervalNano: bigint;
};

/** At most `limit` lines, in the asked direction. */
export const findLines = async (query: LogQuery, source: LogSource, window: LogWindow, turn: Turn): Promise<readonly LogLine[]> => {
  const entries = selectEntries(source, query.matchers, window.startNano, window.endNano);
  const isWanted = compileFirstFilter(query.stages);
  const pipeline = compilePipeline(query.stages);
  const labels = createLabelsBuilder(noHints());
  const lines: LogLine[] = [];
  let lastNano: bigint | null = null;
  for (let index = 0; index < entries.length && lines.length < window.limit; index += 1) {
    if (turn.isOver()) await turn.pause();
    const { stream, entry } = entries[window.direction === 'forward' ? index : entries.length - 1 - index]!;
    turn.cost.lines += 1;
    turn.cost.bytes += entry.line.length;
    if (!isWanted(entry.line)) continue;
    labels.start(stream.labels, entry.metadata);
    const line = pipeline(entry.line, entry.atNano, labels);
    if (line === null) continue;
    const distance = lastNano === null ? window.intervalNano : entry.atNano - lastNano;
    if ((distance < 0n ? -distance : distance) < window.intervalNano) continue;
    lastNano = entry.atNano;
    lines.push({ atNano: entry.atNano, line, labels: labels.kinds() });
  }
  return lines;
};
