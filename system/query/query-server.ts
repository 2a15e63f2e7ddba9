// The query API as a Fastify server: the table of routes, the contract's errors, health. It owns no connection and listens nowhere by itself.
import type { Server } from 'node:https';
import Fastify, { type FastifyHttpsOptions, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { distance } from 'fastest-levenshtein';
import type { Pool } from 'pg';
import type { AccessKeys } from '../access/access-keys.ts';
import { ownLabels, type TenantLabels } from '../access/tenant-labels.ts';
import { accessOf, guardRoutes } from '../access/guard-routes.ts';
import { errorCodes } from '../contract/error-codes.ts';
import { eventLimits } from '../contract/event-limits.ts';
import { hintOfOtherDoor } from '../contract/other-door.ts';
import { htmlHeaders } from '../contract/openapi-page/html.ts';
import { renderOpenApiPage } from '../contract/openapi-page/render-page.ts';
import type { TlsFiles } from '../contract/tls-files.ts';
import { type BrokenRequests, createBrokenRequests } from '../telemetry/broken-requests.ts';
import { errorAttributes } from '../telemetry/error-attributes.ts';
import { observeRequests, type RequestSpans } from '../telemetry/observe-requests.ts';
import { serviceVersion } from '../telemetry/service-version.ts';
import type { ErasureDesk } from '../recovery/erasure-desk.ts';
import type { RebuildDesk } from '../recovery/rebuild-desk.ts';
import type { RecoveryDesk } from '../recovery/recovery-desk.ts';
import type { SchemaDesk } from '../schemas/schema-desk.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import type { ConsumerDesk } from '../consumers/consumer-desk.ts';
import { systemTimers } from './consumers/head-watch.ts';
import { addConsumerReadRoutes } from './consumers/read-routes.ts';
import { ReaderGone } from './consumers/paced-writer.ts';
import type { ReadBounds } from './consumers/reader-door.ts';
import { addConsumerWriteRoutes } from './consumers/write-routes.ts';
import { createExportDoor, type ExportBounds, type ExportDoor } from './export/export-door.ts';
import { createOpenApi } from './openapi.ts';
import { addSchemaRoutes } from './operate-schemas.ts';
import { addImportRoutes, type ImportDoor } from './imports.ts';
import { addOperateRoutes } from './operate.ts';
import { addErasureRoutes } from './operate-erasure.ts';
import { addRebuildRoutes } from './operate-rebuild.ts';
import { createParameterParser, type RawParameters } from './parameters.ts';
import { createReadDatabases, type ReadDatabases } from './read-database.ts';
import { invalidQuery, notFound, RequestProblem } from './request-problem.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { storageProblem } from './storage-problem.ts';
import { noParameters } from './schemas/parameters.ts';

export type QueryServerOptions = {
  /** Its connections should be read-only and have a statement_timeout: see create-read-pool.ts. The caller ends it. */
  readonly pool: Pool;
  /** Takes what operators ask of dead letters. */
  readonly desk: RecoveryDesk;
  /** Takes changes of the registry of schemas. */
  readonly schemaDesk: SchemaDesk;
  /** And of the versions of read models. */
  readonly rebuilds: RebuildDesk;
  /** And of what is to be erased. */
  readonly erasures: ErasureDesk;
  /** Takes files of past events; left out, it takes none. */
  readonly imports?: Omit<ImportDoor, 'isShared'>;
  readonly keys: Pick<AccessKeys, 'demand' | 'areNeeded'>;
  readonly telemetry: Pick<Telemetry, 'instruments' | 'tracer' | 'logger'>;
  /** Those who consume elsewhere. Its pool only reads; the caller ends it. */
  readonly consumers: { readonly desk: ConsumerDesk; readonly pool: Pool; readonly bounds: ReadBounds };
  /** Whole listings. Its pool only reads, and may take its time; the caller ends it. */
  readonly exports: { readonly pool: Pool; readonly bounds: ExportBounds };
  /** Of tenants in metrics. */
  readonly labels?: TenantLabels;
  /** From the first byte, or the connection, to the end of the headers. */
  readonly headersTimeoutMs?: number;
  /** null: plain HTTP. */
  readonly tls?: TlsFiles | null;
};

const jsonType = 'application/json; charset=utf-8';

/** An object id in percent-encoding takes up to 12 characters for each of its own; what is longer still is judged by its schema. */
const longestPathParameter = 16 * eventLimits.objectIdCharacters;

export const createQueryServer = (options: QueryServerOptions): FastifyInstance => {
  const { pool, desk, schemaDesk, rebuilds, erasures, imports, keys, telemetry, consumers, exports } = options;
  const { labels = ownLabels, headersTimeoutMs = 20_000, tls = null } = options;
  const broken = createBrokenRequests();
  const app = openServer(tls, headersTimeoutMs, broken);
  broken.watch(app);
  const spans = observeRequests(app, telemetry, broken, ({ access }) => (access === null ? null : labels.of(access.tenant)));
  const served = collectServed(app);
  guardRoutes(app, {
    door: 'query',
    keys,
    refuse: (_request, reply, { refused, message }) => sendProblem(reply, new RequestProblem(refused, message)),
  });
  const databases = createReadDatabases(pool, telemetry);
  const exportDoor = createExportDoor(app, { bounds: exports.bounds, isShared: keys.areNeeded, telemetry, timers: systemTimers });
  const reading: Reading = { databases, spans, exportDoor, exportDatabases: createReadDatabases(exports.pool, telemetry) };
  for (const route of routes) addRoute(app, route, reading);
  addOperateRoutes(app, desk, telemetry, spans);
  addSchemaRoutes(app, schemaDesk, telemetry);
  addRebuildRoutes(app, rebuilds, telemetry, spans);
  addErasureRoutes(app, erasures, telemetry, spans);
  addConsumerWriteRoutes(app, consumers.desk, telemetry);
  const consumerReads = createReadDatabases(consumers.pool, telemetry);
  addConsumerReadRoutes(app, { ...consumers, keys, databases: consumerReads, telemetry, spans, timers: systemTimers });
  if (imports !== undefined) addImportRoutes(app, { ...imports, isShared: keys.areNeeded }, telemetry, spans);
  const openApi = createOpenApi(routes, serviceVersion);
  addFixed(app, '/openapi.json', JSON.stringify(openApi));
  addFixed(app, '/docs', renderOpenApiPage(openApi), htmlHeaders);
  addFixed(app, '/health', ok);
  app.get('/ready', async (_request, reply) => {
    await checkReady(pool);
    return reply.type(jsonType).send(ok);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, unknownRoute(served(), request, reply)));
  app.setErrorHandler((error, request, reply) => {
    // Nobody is there to be answered, and nothing failed.
    if (error instanceof ReaderGone) return void reply.hijack();
    return sendProblem(reply, problemOf(error, request, spans, telemetry));
  });
  return app;
};

const ok = '{"status":"ok"}';
const requestTimeoutMs = 30_000;

/** A client that is slow on purpose is looked for this often, and costs a connection until then. */
const mostCheckMs = 1000;

const openServer = (tls: TlsFiles | null, headersTimeoutMs: number, broken: BrokenRequests): FastifyInstance => {
  const limits = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(mostCheckMs, headersTimeoutMs),
    maxHeaderSize: 16_384,
  };
  const options = {
    logger: false,
    requestTimeout: requestTimeoutMs,
    return503OnClosing: false,
    routerOptions: { maxParamLength: longestPathParameter },
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
      void sendProblem(reply, invalidQuery([{ parameter: 'path', message: error.message }])),
    clientErrorHandler: broken.answer,
  };
  if (tls === null) return Fastify({ ...options, http: limits });
  // The types tell a server with TLS from one without; what we use of them is the same.
  return Fastify({
    ...options,
    https: { ...limits, ...tls, handshakeTimeout: headersTimeoutMs },
  } as FastifyHttpsOptions<Server>) as unknown as FastifyInstance;
};

type Reading = {
  readonly databases: ReadDatabases;
  readonly spans: RequestSpans;
  readonly exportDoor: ExportDoor;
  readonly exportDatabases: ReadDatabases;
};

const addRoute = (app: FastifyInstance, route: Route, { databases, spans, exportDoor, exportDatabases }: Reading) => {
  const parsePath = createParameterParser(route.path);
  const parseQuery = createParameterParser(route.query);
  app.get(route.url, async (request, reply) => {
    const { tenant } = accessOf(request);
    const parameters = { path: parsePath(request.params as RawParameters), query: parseQuery(request.query as RawParameters) };
    const span = spans.of(request);
    if (await exportDoor.answer(route, { ...parameters, tenant }, request, reply, exportDatabases.under(span))) return undefined;
    const { format: _format, ...query } = parameters.query;
    const text = await route.respond({ ...parameters, query, tenant }, databases.under(span));
    return reply.type(jsonType).send(text);
  });
};

const parseNothing = createParameterParser(noParameters);

const addFixed = (
  app: FastifyInstance,
  url: string,
  text: string,
  headers: Readonly<Record<string, string>> = { 'content-type': jsonType },
) => {
  app.get(url, (request, reply) => {
    parseNothing(request.query as RawParameters);
    return reply.headers(headers).send(text);
  });
};

/** Reachable, and the tables are there. */
const checkReady = async (pool: Pool) => {
  try {
    await pool.query('select from checkpoints, log, events, timelines limit 0');
  } catch (cause) {
    // Anybody may ask, and learns the kind of trouble, not our hosts and ports.
    const problem = storageProblem(cause);
    if (problem instanceof RequestProblem) throw problem;
    throw new RequestProblem('storage_unavailable', 'The database can not be used.', { cause });
  }
};

type Served = readonly { readonly url: string; readonly pattern: RegExp; readonly methods: string }[];

/** What is served, by path, as it was added: known once all is. Before any route is added. */
const collectServed = (app: FastifyInstance): (() => Served) => {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    methodsOf.set(url, methods);
    for (const one of [method].flat()) methods.add(one);
  });
  let served: Served | null = null;
  return () =>
    (served ??= [...methodsOf].map(([url, methods]) => ({
      url,
      pattern: new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
      methods: [...methods].join(', '),
    })));
};

const unknownRoute = (served: Served, request: FastifyRequest, reply: FastifyReply) => {
  const path = request.url.split('?', 1)[0] ?? '';
  const known = served.filter(({ pattern }) => pattern.test(path));
  const hint = hintOfOtherDoor('query', request.method, path);
  if (known.length === 0) return notFound(`There is no ${shorten(path)} here. ${nearRoutes(served, path)}${hint}`);
  const methods = known.map((one) => one.methods).join(', ');
  void reply.header('allow', methods);
  return new RequestProblem('method_not_allowed', `This route takes ${methods}, not ${request.method}.${hint}`);
};

/** Those with the same first part, or one that is almost it. */
const nearRoutes = (served: Served, path: string): string => {
  const [, first = ''] = path.split('/');
  const near = served.filter(({ url }) => distance(first.slice(0, 40), url.split('/')[1] ?? '') <= 2).map(({ url }) => url);
  return near.length > 0 ? `There is ${near.join(', ')}.` : 'GET /docs says what there is.';
};

const shorten = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path);

const problemOf = (error: unknown, request: FastifyRequest, spans: RequestSpans, { logger }: Pick<Telemetry, 'logger'>): RequestProblem => {
  if (error instanceof RequestProblem) return error;
  const framework = frameworkProblem(error);
  if (framework !== null) return framework;
  const attributes = { ...errorAttributes(error), 'http.route': request.routeOptions.url ?? '', 'http.request.method': request.method };
  logger.error('a query failed', attributes, { eventName: 'faultline.query.failed', span: spans.of(request).context });
  return new RequestProblem('internal', 'A defect of ours; it is logged.', { cause: error });
};

/** What Fastify itself refuses: a body that it can not read, on a route that takes none. */
const frameworkProblem = (error: unknown) => {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (typeof status !== 'number' || status >= 500 || status < 400) return null;
  if (status === 413) return new RequestProblem('payload_too_large', 'The body is larger than this route takes.');
  if (status === 415) return new RequestProblem('unsupported_content_type', 'Send a body of application/json.');
  return invalidQuery([{ parameter: 'request', message: (error as Error).message }]);
};

const sendProblem = (reply: FastifyReply, problem: RequestProblem) => {
  const again = problem.retryAfterSeconds ?? (errorCodes[problem.code].retryable && problem.status === 503 ? 1 : null);
  if (again !== null) void reply.header('retry-after', String(again));
  return reply.code(problem.status).type(jsonType).send(JSON.stringify(problem.body));
};
