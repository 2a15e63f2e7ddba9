// OTLP/HTTP in: POST /v1/{metrics,traces,logs}, and the paths under which Prometheus and Loki take it. https://opentelemetry.io/docs/specs/otlp/#otlphttp
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import type { ExportOutcome, Receipts, SignalName } from '../receipts.ts';
import { answerError, answerExport } from './answer.ts';
import type { ErrorStatus } from './answer.ts';
import { OtlpDecodeError } from './decode-error.ts';
import { decode, encodingOf, RequestRefused, unpack } from './request-body.ts';
import type { Encoding } from './request-body.ts';

/** Takes the items of a decoded request; throws an OtlpDecodeError when the request is not what OTLP says. */
export type ExportSink = (request: unknown, receivedAtMs: number) => ExportOutcome;

export type OtlpOptions = {
  readonly sinks: Readonly<Record<SignalName, ExportSink>>;
  readonly receipts: Receipts;
  readonly clock: Clock;
  /** Bytes of a body, both as sent and unpacked. */
  readonly bodyLimitBytes: number;
  /** Requests that may be in work at once, those on their way in included; past it: 503 with Retry-After. */
  readonly concurrency: number;
};

type Door = {
  readonly signal: SignalName;
  readonly paths: readonly string[];
  readonly request: string;
  readonly response: string;
  readonly rejected: string;
};

const doors: readonly Door[] = [
  {
    signal: 'metrics',
    paths: ['/v1/metrics', '/api/v1/otlp/v1/metrics'],
    request: 'ExportMetricsServiceRequest',
    response: 'ExportMetricsServiceResponse',
    rejected: 'rejectedDataPoints',
  },
  {
    signal: 'traces',
    paths: ['/v1/traces'],
    request: 'ExportTraceServiceRequest',
    response: 'ExportTraceServiceResponse',
    rejected: 'rejectedSpans',
  },
  {
    signal: 'logs',
    paths: ['/v1/logs', '/otlp/v1/logs'],
    request: 'ExportLogsServiceRequest',
    response: 'ExportLogsServiceResponse',
    rejected: 'rejectedLogRecords',
  },
];

const requestEncoding = (request: FastifyRequest): Encoding => encodingOf(request.headers['content-type']) ?? 'json';

const statusOf = (error: unknown): ErrorStatus => {
  if (error instanceof RequestRefused) return error.status;
  if (error instanceof OtlpDecodeError) return 400;
  const status = (error as { statusCode?: number }).statusCode;
  return status === 413 ? 413 : status !== undefined && status < 500 ? 400 : 500;
};

const take = async (options: OtlpOptions, door: Door, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const encoding = encodingOf(request.headers['content-type']);
  if (encoding === null) {
    throw new RequestRefused(
      415,
      `Content-Type ${JSON.stringify(request.headers['content-type'] ?? '')} is not taken; send application/x-protobuf or application/json`,
      { accept: 'application/x-protobuf, application/json' },
    );
  }
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body = await unpack(raw, request.headers['content-encoding'], options.bodyLimitBytes);
  const outcome = options.sinks[door.signal](decode(body, encoding, door.request), options.clock.now());
  options.receipts.count(door.signal, outcome, options.clock.now());
  await answerExport(reply, encoding, door, outcome);
};

const refuse = async (options: OtlpOptions, door: Door, error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  options.receipts.countRefused(door.signal);
  if (error instanceof RequestRefused) reply.headers(error.headers);
  await answerError(reply, statusOf(error), requestEncoding(request), (error as Error).message);
};

/** A Fastify plugin with content type parsers of its own: every body arrives as bytes. */
export const otlpRoutes: FastifyPluginAsync<OtlpOptions> = async (app, options) => {
  // From its head on: a body that comes slowly is held as it comes, and so many of them may be held at once.
  const inWork = new Set<FastifyRequest>();
  const end = async (request: FastifyRequest): Promise<void> => void inWork.delete(request);
  app.addHook('onResponse', end);
  app.addHook('onRequestAbort', end);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: options.bodyLimitBytes }, (_request, body, done) => done(null, body));

  const addDoor = (door: Door, url: string): void => {
    app.post(url, {
      onRequest: async (request, reply) => {
        if (inWork.size < options.concurrency) {
          inWork.add(request);
          return;
        }
        options.receipts.countRefused(door.signal);
        reply.header('retry-after', '1');
        await answerError(reply, 503, requestEncoding(request), `${inWork.size} requests are in work already; try again in a second`);
      },
      handler: async (request, reply) => {
        try {
          await take(options, door, request, reply);
        } finally {
          // Neither hook is called for a client that left once its body was here.
          await end(request);
        }
      },
      errorHandler: (error, request, reply) => void refuse(options, door, error, request, reply),
    });
  };
  for (const door of doors) for (const url of door.paths) addDoor(door, url);
};
