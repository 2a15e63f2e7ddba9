// Answers of Loki: lines of log streams, or numbers in the form that Prometheus has.
import type { Target } from '../target.ts';
import { labelsOf, list, record, successData, textOf } from './api-answer.ts';
import { noFrames } from './frame.ts';
import type { Frames, LogLine } from './frame.ts';
import { matrixFrames, vectorFrames } from './prometheus-frames.ts';
import type { Grid } from './prometheus-frames.ts';

const linesOf = (stream: unknown, refId: string): readonly LogLine[] => {
  const { stream: labels, values } = record(stream);
  const shared = labelsOf(labels);
  return list(values).map((entry) => {
    const [nanos, line, own] = list(entry);
    // Structured metadata comes as a third element from some versions.
    const metadata = labelsOf(record(own)['structuredMetadata'] ?? own);
    return { atMs: Number(BigInt(textOf(nanos) || '0') / 1_000n) / 1_000, line: textOf(line), labels: { ...shared, ...metadata }, refId };
  });
};

export const lokiFrames = (answer: unknown, target: Target, grid: Grid, several: boolean): Frames => {
  const { resultType, result } = successData(answer);
  if (resultType === 'matrix') return matrixFrames(answer, target, grid);
  if (resultType === 'vector') return vectorFrames(answer, target, several);
  return { ...noFrames, lines: list(result).flatMap((stream) => linesOf(stream, target.refId)) };
};

const severities: readonly (readonly [RegExp, Severity])[] = [
  [/^(?:fatal|critical|crit|emerg|alert|panic)/i, 'fatal'],
  [/^err/i, 'error'],
  [/^warn/i, 'warn'],
  [/^(?:info|notice)/i, 'info'],
  [/^debug/i, 'debug'],
  [/^trace/i, 'trace'],
];

export type Severity = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'unknown';

/** As the record itself says; OTLP's text first, then what other senders use. */
export const severityOf = ({ labels }: LogLine): Severity => {
  const said = labels['severity_text'] ?? labels['level'] ?? labels['detected_level'] ?? '';
  return severities.find(([pattern]) => pattern.test(said))?.[1] ?? 'unknown';
};

export const traceIdOf = ({ labels }: LogLine): string | null => {
  const id = labels['trace_id'] ?? labels['traceid'] ?? labels['traceID'] ?? '';
  return /^[0-9a-f]{32}$/i.test(id) && !/^0+$/.test(id) ? id.toLowerCase() : null;
};
