// POST /imports and what goes on from there: an import is opened, its file comes as slices of lines, and operators steer it. Files come as bodies alone: no path
// on the server is ever read.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessOf } from '../access/guard-routes.ts';
import { importLimits, type ImportState } from '../contract/imports.ts';
import { isSystemError } from '../contract/system-error.ts';
import { whenClosed } from '../telemetry/when-closed.ts';
import type { ImportDesk, OpenedImport, StandingImport } from '../recovery/import/import-desk.ts';
import { parseOpenImport, parseSteerImport, type RequestFault } from '../recovery/import/import-request.ts';
import type { ImportRunner, SliceEnd } from '../recovery/import/import-runner.ts';
import type { RequestSpans } from '../telemetry/observe-requests.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { createParameterParser, type RawParameters } from './parameters.ts';
import { createPlaces } from './places.ts';
import { notFound, RequestProblem } from './request-problem.ts';
import { importLinesQuery, importPath } from './schemas/import-parameters.ts';
import { storageProblem } from './storage-problem.ts';

export const importsUrl = '/imports';
export const importLinesUrl = '/imports/:name/lines';
export const importSteerUrl = '/imports/:name/steer';

export type ImportDoor = {
  readonly desk: ImportDesk;
  readonly runner: ImportRunner;
  /** Whether there are tenants to share places with. */
  readonly isShared: () => boolean;
};

const jsonType = 'application/json; charset=utf-8';

/** A mapping of a thousand columns with long names. */
const largestRequest = 512 * 1024;
/** Slices in memory, or on their way into it: one that is worked on, and those that wait for it. */
const mostSlices = 4;

export const addImportRoutes = (
  app: FastifyInstance,
  { desk, runner, isShared }: ImportDoor,
  { logger }: Pick<Telemetry, 'logger'>,
  spans: RequestSpans,
): void => {
  void app.register(async (scope) => {
    // No type that a page of another origin may send without asking first.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addContentTypeParser(['application/x-ndjson', 'text/csv'], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const slices = createSlices(isShared);

    scope.post(importsUrl, { bodyLimit: largestRequest }, async (request, reply) => {
      const asked = parse(request, parseOpenImport);
      const access = accessOf(request);
      const opened = await desk.open(asked, access).catch(refuseStorage);
      const standing = demandOpened(opened, asked.name);
      const what = {
        'faultline.import': standing.name,
        'faultline.requested_by': asked.requested_by,
        'faultline.tenant': access.tenant,
        'faultline.known': opened.kind === 'known',
      };
      logger.info('import asked for', what, { eventName: 'faultline.import.asked', span: spans.of(request).context });
      return reply
        .code(opened.kind === 'opened' ? 201 : 200)
        .type(jsonType)
        .send(answerOf(standing, { known: opened.kind === 'known' }));
    });

    scope.post(importSteerUrl, { bodyLimit: largestRequest }, async (request, reply) => {
      const { name } = pathOf(request);
      const asked = parse(request, parseSteerImport);
      const access = accessOf(request);
      const steered = await desk.steer(name, asked, access).catch(refuseStorage);
      if (steered.kind === 'unknown_import') throw unknownImport(name);
      if (steered.kind === 'over')
        throw new RequestProblem('import_conflict', `Import '${name}' is ${steered.state}, and stays so: nothing was changed.`);
      const what = {
        'faultline.import': name,
        'faultline.action': asked.action,
        'faultline.requested_by': asked.requested_by,
        'faultline.tenant': access.tenant,
      };
      logger.info('import steered', what, { eventName: 'faultline.import.steered', span: spans.of(request).context });
      return reply.type(jsonType).send(answerOf(steered));
    });

    scope.post(importLinesUrl, { bodyLimit: importLimits.sliceBytes, onRequest: slices.claim }, async (request, reply) => {
      const { name } = pathOf(request);
      const { from } = parseLines(request.query as RawParameters);
      if (!Buffer.isBuffer(request.body))
        throw new RequestProblem('unsupported_content_type', 'Send lines as application/x-ndjson, or records as text/csv.');
      using _slice = slices.work(request);
      const { tenant } = accessOf(request);
      const end = await runner.settle({ tenant, name, fromLine: from, bytes: request.body }).catch(refuseStream);
      if (end.kind === 'settled' && end.state === 'done' && end.appended + end.duplicates + end.refused > 0)
        logger.info(
          'import done',
          { 'faultline.import': name, 'faultline.tenant': tenant },
          { eventName: 'faultline.import.done', span: spans.of(request).context },
        );
      return await reply.type(jsonType).send(JSON.stringify(settledOf(end, name)));
    });
  });
};

type Claim = { readonly place: Disposable; isWorkedOn: boolean };

/** A place is claimed before the first byte of a body is read, and kept for as long as there is one: a client that leaves does not end what was begun. */
const createSlices = (isShared: () => boolean) => {
  const places = createPlaces({ most: mostSlices, isShared, full: tooManySlices });
  const claims = new WeakMap<FastifyRequest, Claim>();
  return {
    claim: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const claim: Claim = { place: places.take(accessOf(request).tenant), isWorkedOn: false };
      claims.set(request, claim);
      whenClosed(reply.raw, () => {
        if (!claim.isWorkedOn) claim.place[Symbol.dispose]();
      });
    },
    work: (request: FastifyRequest): Disposable => {
      const claim = claims.get(request)!;
      claim.isWorkedOn = true;
      return claim.place;
    },
  };
};

const tooManySlices = () =>
  new RequestProblem(
    'overloaded',
    `As many slices of files wait as there may be (${mostSlices}), or as a tenant may have beside others: nothing was settled. Send it again.`,
  );

const parsePath = createParameterParser(importPath);
const parseLines = createParameterParser(importLinesQuery);
const pathOf = (request: FastifyRequest) => parsePath(request.params as RawParameters);

const answerOf = ({ name, state, nextLine, lines }: StandingImport, more: object = {}): string =>
  JSON.stringify({ name, state, next_line: nextLine, lines, ...more });

const parse = <Request>(
  { body }: FastifyRequest,
  read: (text: string) => { readonly request: Request } | { readonly problems: readonly RequestFault[] },
): Request => {
  if (typeof body !== 'string') throw new RequestProblem('unsupported_content_type', 'Send a body of application/json.');
  try {
    const parsed = read(body);
    if ('request' in parsed) return parsed.request;
    throw invalidImport(parsed.problems);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RequestProblem('invalid_json', `The body is not JSON: ${error.message}.`, { cause: error });
  }
};

const invalidImport = (details: readonly RequestFault[]) =>
  new RequestProblem('invalid_import', details.map(({ parameter, message }) => `${parameter} ${message}.`).join(' '), { details });

const unknownImport = (name: string) => notFound(`There is no import '${name}': POST /imports opens one.`);

const insteadOf = (state: ImportState): string =>
  state === 'cancelled' ? 'what that one appended stays, and lines without an id would be there twice. Say' : 'go on with that one, or say';

const demandOpened = (opened: OpenedImport, name: string): StandingImport => {
  if (opened.kind === 'other_file')
    throw new RequestProblem(
      'import_conflict',
      `Import '${name}' is of another file, or of another mapping: the lines that it has settled would not be those of this one. Give this file a name of its own.`,
    );
  if (opened.kind === 'came_before')
    throw new RequestProblem(
      'import_conflict',
      `The same file came before, as import '${opened.name}' (${opened.state}): ${insteadOf(opened.state)} that it is to be imported again (npm run ops: --again).`,
    );
  return opened;
};

const settledOf = (end: SliceEnd, name: string): object => {
  if (end.kind === 'unknown_import') throw unknownImport(name);
  if (end.kind === 'beyond_the_end')
    throw invalidImport([{ parameter: 'from', message: `and the lines in the body go beyond the ${end.lines} lines of the file` }]);
  if (end.kind === 'over_quota') {
    const { code, message, retryAfterSeconds } = end.refusal;
    throw new RequestProblem(code, message, { retryAfterSeconds });
  }
  const { kind: _kind, ...settled } = end;
  return settled;
};

const refuseStorage = (error: unknown): never => {
  throw storageProblem(error);
};

/** Where the ledger stands decides, not what this answer says: the same lines again are safe in every case. */
const refuseStream = (error: unknown): never => {
  if (!isSystemError(error)) throw error;
  const unknown = error.outcome === 'indefinite';
  throw new RequestProblem(
    unknown ? 'commit_unknown' : 'storage_unavailable',
    unknown
      ? 'The answer of a commit did not come: send the same lines again.'
      : 'The database could not append: send the same lines again.',
    { cause: error },
  );
};
