// The routes that change the registry of schemas. Over the pool of operators' requests, as those on dead letters.
import type { FastifyInstance } from 'fastify';
import { accessOf } from '../access/guard-routes.ts';
import type { Refused, SchemaDesk } from '../schemas/schema-desk.ts';
import { parsePolicy, parseRegister, parseRetire, type ParsedRequest, type RequestIssue } from '../schemas/schema-requests.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { notFound, RequestProblem } from './request-problem.ts';
import { storageProblem } from './storage-problem.ts';

export const schemaUrls = { register: '/schemas', retire: '/schemas/retire', policy: '/schema-policies' } as const;

const largestBody = 512 * 1024;

export const addSchemaRoutes = (app: FastifyInstance, desk: SchemaDesk, { logger }: Pick<Telemetry, 'logger'>): void => {
  const note = (
    what: string,
    tenant: string,
    { system_name = '', event_name = '', requested_by }: Noted,
    more: Readonly<Record<string, string | number>> = {},
  ) => {
    const attributes = {
      'faultline.system_name': system_name,
      'faultline.event_name': event_name,
      'faultline.requested_by': requested_by,
      'faultline.tenant': tenant,
      ...more,
    };
    logger.info(what, attributes, { eventName: 'faultline.schemas.changed' });
  };
  app.post(schemaUrls.register, { bodyLimit: largestBody }, async (request, reply) => {
    const asked = parse(request.body, parseRegister);
    const access = accessOf(request);
    const done = await desk.register(asked, access).catch(rethrow);
    if (done.kind !== 'registered') throw problemOf(done);
    const isDryRun = asked.dry_run ?? false;
    if (!isDryRun && !done.known) note('a schema was registered', access.tenant, asked, { 'faultline.schema.version': asked.version });
    const { kind: _kind, ...answer } = done;
    return send(reply, { ...answer, dry_run: isDryRun });
  });
  app.post(schemaUrls.retire, { bodyLimit: largestBody }, async (request, reply) => {
    const asked = parse(request.body, parseRetire);
    const access = accessOf(request);
    const done = await desk.retire(asked, access).catch(rethrow);
    if (done.kind !== 'retired') throw problemOf(done);
    if (!done.known) note('a schema was retired', access.tenant, asked, { 'faultline.schema.version': asked.version });
    return send(reply, { known: done.known });
  });
  app.post(schemaUrls.policy, { bodyLimit: largestBody }, async (request, reply) => {
    const asked = parse(request.body, parsePolicy);
    const access = accessOf(request);
    const done = await desk.setPolicy(asked, access).catch(rethrow);
    if (done.kind !== 'set') throw problemOf(done);
    note('a policy for schemas was set', access.tenant, asked);
    return send(reply, { set: true });
  });
};

type Noted = { readonly system_name?: string; readonly event_name?: string; readonly requested_by: string };

type Reply = { type(value: string): { send(text: string): unknown } };

const send = (reply: Reply, answer: object) => reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));

const rethrow = (error: unknown): never => {
  throw storageProblem(error);
};

const parse = <Request>(body: unknown, parser: (body: string) => ParsedRequest<Request>): Request => {
  if (typeof body !== 'string') throw new RequestProblem('unsupported_content_type', 'Send a body of application/json.');
  try {
    const parsed = parser(body);
    if (parsed.problems === null) return parsed.request;
    throw invalid(parsed.problems);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RequestProblem('invalid_json', `The body is not JSON: ${error.message}.`, { cause: error });
  }
};

const invalid = (issues: readonly RequestIssue[]) => {
  const details = issues.map(({ path, message }) => ({ parameter: path, message }));
  return new RequestProblem('invalid_schema', issues.map(({ path, message }) => `${path} ${message}.`).join(' '), { details });
};

const problemOf = (refused: Refused): RequestProblem => {
  switch (refused.kind) {
    case 'problems':
      return invalid(refused.problems);
    case 'conflict':
      return new RequestProblem('schema_conflict', refused.message);
    case 'full':
      return new RequestProblem('registry_full', refused.message);
    case 'missing':
      return notFound(refused.message);
    case 'breaks': {
      const words = refused.breaks.map(
        ({ direction, against, path, message }) => `${direction} with version ${against}, ${path || 'the whole'}: ${message}.`,
      );
      const details = refused.breaks.map(({ path, ...one }) => ({ parameter: path, ...one }));
      return new RequestProblem('schema_incompatible', words.slice(0, 5).join(' '), { details });
    }
  }
};
