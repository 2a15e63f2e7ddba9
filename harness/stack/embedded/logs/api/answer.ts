// Answers in Loki's shape: {"status":"success","data":…}, and plain text with 400 or 504 for what went wrong.
import type { FastifyReply } from 'fastify';
import { formatPlainFloat } from '../../promql/float-text.ts';
import type { Labels } from '../../promql/labels.ts';
import { labelsToRecord } from '../../promql/labels.ts';
import { QueryRefused } from '../../query-refused.ts';
import { QueryLimit, QueryTimeout } from '../logql/turn.ts';
import type { Turn } from '../logql/turn.ts';
import { BadParameter } from './parameters.ts';

export const success = (data: unknown): unknown => ({ status: 'success', data });

export const errorStatus = (error: Error): number => {
  if (error instanceof QueryTimeout) return 504;
  if (error instanceof QueryRefused || error instanceof BadParameter || error instanceof QueryLimit) return 400;
  return (error as { statusCode?: number }).statusCode ?? 500;
};

export const answerError = (error: Error, reply: FastifyReply): FastifyReply =>
  reply.code(errorStatus(error)).header('x-content-type-options', 'nosniff').type('text/plain; charset=utf-8').send(error.message);

/** Milliseconds -> [seconds, "value"]. */
export const point = (timeMs: number, value: number): readonly [number, string] => [timeMs / 1_000, formatPlainFloat(value)];

export const metricOf = (labels: Labels): Readonly<Record<string, string>> => labelsToRecord(labels);

const nothing = {
  compressedBytes: 0,
  decompressedBytes: 0,
  decompressedLines: 0,
  chunkRefsFetchTime: 0,
  queryReferencedStructuredMetadata: false,
  totalDuplicates: 0,
};
const noStore = { totalChunksRef: 0, totalChunksDownloaded: 0, chunksDownloadTime: 0, chunk: nothing };

/** What Grafana's inspector shows of a query. There are no chunks and no ingesters here: their part is 0. */
export const queryStats = ({ cost }: Turn, tookMs: number, entriesReturned: number): unknown => {
  const seconds = tookMs / 1_000;
  const perSecond = (count: number): number => (seconds > 0 ? Math.round(count / seconds) : 0);
  return {
    summary: {
      bytesProcessedPerSecond: perSecond(cost.bytes),
      linesProcessedPerSecond: perSecond(cost.lines),
      totalBytesProcessed: cost.bytes,
      totalLinesProcessed: cost.lines,
      execTime: seconds,
      queueTime: 0,
      subqueries: 0,
      totalEntriesReturned: entriesReturned,
      splits: 1,
      shards: 1,
    },
    querier: { store: noStore },
    ingester: { totalReached: 0, totalChunksMatched: 0, totalBatches: 0, totalLinesSent: 0, store: noStore },
  };
};
