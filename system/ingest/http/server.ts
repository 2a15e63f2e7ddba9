// The HTTP front door: the shared port with the event routes, and an admin port of this process alone.
import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { ListenOptions } from 'node:net';
import Fastify, {
  type FastifyHttpsOptions,
  type FastifyInstance,
  type FastifyListenOptions,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import type { AccessKeys } from '../../access/access-keys.ts';
import { guardRoutes } from '../../access/guard-routes.ts';
import { ingestOpenApi } from '../../contract/ingest-openapi.ts';
import { ingestAnswerSeconds, unanswered } from '../../contract/objectives.ts';
import { renderOpenApiPage } from '../../contract/openapi-page/render-page.ts';
import { htmlHeaders } from '../../contract/openapi-page/html.ts';
import type { TlsFiles } from '../../contract/tls-files.ts';
import { type BrokenRequests, createBrokenRequests } from '../../telemetry/broken-requests.ts';
import { onRequestEnd } from '../../telemetry/request-end.ts';
import type { Ingest } from '../ingest.ts';
import type { IngestTelemetry, RequestError } from '../telemetry.ts';
import { refuse } from '../refusal.ts';
import type { DatagramsNow } from '../udp/start-door.ts';
import { type AnswerContext, answerJson, answerRefusal } from './answer.ts';
import { addErrorHandling } from './error-handling.ts';
import { addEventRoutes } from './event-routes.ts';
import { addHealthRoutes } from './health-routes.ts';
import { stopGently } from './stop-gently.ts';

export type IngestServerOptions = {
  readonly ingest: Ingest;
  readonly telemetry: IngestTelemetry;
  readonly keys: Pick<AccessKeys, 'demand' | 'areNeeded'>;
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly adminPort: number;
  readonly bodyLimitBytes: number;
  readonly batchLimitBytes: number;
  readonly batchLimitEvents: number;
  readonly bodiesLimitBytes: number;
  /** From the first byte, or the connection, to the end of the headers, and to the end of the body. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** null: plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Stopping waits as long for answers, and a little more. */
  readonly commitTimeoutMs: number;
  readonly checkStorage: () => Promise<void>;
  /** What this process counts of datagrams just now, for /health; null: it takes none. */
  readonly datagrams?: (() => DatagramsNow) | null;
};

export type IngestServer = {
  readonly address: string;
  readonly adminAddress: string;
  /** Takes no new connection, answers what is on its way with `connection: close`, and resolves when all connections are closed. */
  stop(): Promise<void>;
};

/** Longer than clients keep an idle connection (60 s is common): who closes first must be the client, or its next request meets a reset. */
const keepAliveTimeoutMs = 65_000;
const afterCommitMs = 2000;

const sharedRoutes = { '/events': ['POST'], '/events/batch': ['POST'], '/openapi.json': ['GET', 'HEAD'], '/docs': ['GET', 'HEAD'] };
const healthRoutes = { '/health': ['GET', 'HEAD'], '/ready': ['GET', 'HEAD'] };

/** Rejects with the listen error (EADDRINUSE, EACCES, …); nothing is left open then. */
export const startIngestServer = async (options: IngestServerOptions): Promise<IngestServer> => {
  let isStopping = false;
  const longestStopMs = options.commitTimeoutMs + afterCommitMs;
  const context: AnswerContext = { isStopping: () => isStopping };
  const admin = await createServer(options, context, healthRoutes);
  const shared = await createServer(options, context, { ...sharedRoutes, ...healthRoutes });
  addEventRoutes(shared, { ...options, ...context, isShared: options.keys.areNeeded });
  const openApi = ingestOpenApi(options);
  shared.get('/openapi.json', (_request, reply) => answerJson(reply, context, 200, openApi));
  const page = renderOpenApiPage(openApi);
  shared.get('/docs', (_request, reply) => reply.headers(htmlHeaders).send(page));
  try {
    const adminAddress = await admin.listen({ host: options.host, port: options.adminPort });
    // Fastify hands the options on to Node, but its types do not know this one.
    const sharedPort: FastifyListenOptions & ListenOptions = { host: options.host, port: options.port, reusePort: options.reusePort };
    const address = await shared.listen(sharedPort);
    return {
      address,
      adminAddress,
      stop: async () => {
        isStopping = true;
        await stopGently(shared, longestStopMs);
        await stopGently(admin, longestStopMs);
      },
    };
  } catch (error) {
    await Promise.allSettled([admin.close(), shared.close()]);
    throw error;
  }
};

const createServer = async (
  options: IngestServerOptions,
  context: AnswerContext,
  routes: Readonly<Record<string, readonly string[]>>,
): Promise<FastifyInstance> => {
  const broken = createBrokenRequests((code, request) => options.telemetry.refused(code, request?.access?.tenant ?? null));
  const server = openServer(options, {
    logger: false,
    return503OnClosing: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: options.requestTimeoutMs,
    bodyLimit: options.bodyLimitBytes,
    clientErrorHandler: broken.answer,
    routerOptions: { caseSensitive: true },
  });
  // The bound is 16 KiB in all. Past Node's own 2,000 headers it would leave out the rest, and say nothing.
  server.server.maxHeadersCount = 0;
  takeRawBodies(server);
  measureRequests(server, options.telemetry, broken);
  guardRoutes(server, {
    door: 'ingest',
    keys: options.keys,
    refuse: (_request, reply, { refused, message }) => {
      options.telemetry.refused(refused);
      answerRefusal(reply, context, refuse(refused, message));
    },
  });
  addErrorHandling(server, { ...context, telemetry: options.telemetry, routes, broken });
  addHealthRoutes(server, { ...context, checkStorage: options.checkStorage, datagrams: options.datagrams ?? null });
  answerExpectations(server.server);
  return server;
};

/** A client that is slow on purpose is looked for this often, and costs a connection until then. */
const mostCheckMs = 1000;

const openServer = ({ tls, headersTimeoutMs, requestTimeoutMs }: IngestServerOptions, options: FastifyServerOptions): FastifyInstance => {
  const limits = {
    // Node takes no more for a part than for the whole.
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(mostCheckMs, headersTimeoutMs, requestTimeoutMs),
    maxHeaderSize: 16_384,
  };
  if (tls === null) return Fastify({ ...options, http: limits });
  // The types tell a server with TLS from one without; what we use of them is the same.
  const https = { ...limits, ...tls, handshakeTimeout: headersTimeoutMs };
  return Fastify({ ...options, https } as unknown as FastifyHttpsOptions<HttpsServer>) as unknown as FastifyInstance;
};

/** Our own checks say what a body is; the framework hands over its bytes, whatever the type. */
const takeRawBodies = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
};

const measureRequests = (server: FastifyInstance, telemetry: IngestTelemetry, broken: BrokenRequests): void => {
  broken.watch(server);
  onRequestEnd(server, broken, (request, { status, seconds, isAnswered }) => {
    const { method, routeOptions, access } = request;
    const error = isAnswered ? null : whyUnanswered(request, seconds);
    telemetry.requestEnded({ method, route: routeOptions.url ?? '', status, seconds, tenant: access?.tenant ?? null, error });
  });
};

/** By the clock of the latency objective. For the rest of a body that never came it was the client that let us wait. */
const whyUnanswered = ({ raw }: FastifyRequest, seconds: number): RequestError =>
  raw.complete && seconds > ingestAnswerSeconds ? unanswered.overdue : unanswered.left;

/** `Expect: 100-continue` is answered by Node; anything else would get Node's own bare 417. */
const answerExpectations = (server: Server): void => {
  server.on('checkExpectation', (_request, response) => {
    const body = JSON.stringify({ error: { code: 'invalid_request', message: 'The Expect header takes 100-continue alone.' } });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), connection: 'close' };
    response.writeHead(400, headers).end(body);
  });
};
