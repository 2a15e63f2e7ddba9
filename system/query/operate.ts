// POST /recovery/jobs: all that it writes are rows for workers to carry out. Over the pool of those who operate: reading goes on without it.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Access } from '../access/access-keys.ts';
import { accessOf } from '../access/guard-routes.ts';
import { defaultRatePerSecond, type JobRequest, mostCommands, parseJobRequest } from '../recovery/job-request.ts';
import type { NewJob, RecoveryDesk } from '../recovery/recovery-desk.ts';
import type { RequestSpans } from '../telemetry/observe-requests.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { takenRequestId } from './read-operation.ts';
import { notFound, type Problem, RequestProblem } from './request-problem.ts';
import { storageProblem } from './storage-problem.ts';

export const jobsUrl = '/recovery/jobs';

const largestBody = 256 * 1024;

export const addOperateRoutes = (
  app: FastifyInstance,
  desk: RecoveryDesk,
  { logger }: Pick<Telemetry, 'logger'>,
  spans: RequestSpans,
): void => {
  // Nothing but application/json: a page of another origin can't send that without asking first, and it is never allowed.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: largestBody }, (_request, body, done) => done(null, body));
  app.post(jobsUrl, { bodyLimit: largestBody }, async (request, reply) => {
    const job = toJob(parse(request.body), accessOf(request));
    const opened = await desk.open(job).catch((error: unknown) => {
      throw storageProblem(error);
    });
    if ('none' in opened)
      throw notFound('No dead letter is selected: GET /dead-letters shows those that there are, without those of retired versions.');
    if ('taken' in opened) throw takenRequestId();
    if ('otherFix' in opened) throw otherFix(opened.otherFix);
    if ('tooMany' in opened)
      throw invalidRecovery([{ parameter: '/selection', message: `takes more than ${mostCommands} dead letters: narrow it` }]);
    const asked = {
      'faultline.recovery.job': opened.job,
      'faultline.action': job.action,
      'faultline.requested_by': job.requestedBy,
      'faultline.tenant': job.tenant,
    };
    const what = { 'faultline.commands': opened.commands, 'faultline.known': opened.known };
    logger.info('recovery asked for', { ...asked, ...what }, { eventName: 'faultline.recovery.asked', span: spans.of(request).context });
    const { alreadyAsked: already_asked, ...accepted } = opened;
    return reply
      .code(202)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ ...accepted, already_asked }));
  });
};

const parse = (body: unknown): JobRequest => {
  if (typeof body !== 'string') throw new RequestProblem('unsupported_content_type', 'Send a body of application/json.');
  try {
    const parsed = parseJobRequest(body);
    if ('request' in parsed) return parsed.request;
    throw invalidRecovery(parsed.problems);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RequestProblem('invalid_json', `The body is not JSON: ${error.message}.`, { cause: error });
  }
};

const toJob = ({ action, selection, fix, dry_run: dryRun = false, ...request }: JobRequest, { tenant, keyId }: Access): NewJob => ({
  tenant,
  keyId,
  action: dryRun ? 'rehearse' : action,
  selection,
  fix: fix ?? null,
  ratePerSecond: request.rate_per_second ?? defaultRatePerSecond,
  requestedBy: request.requested_by,
  why: request.why,
  requestId: request.request_id ?? randomUUID(),
});

/** They would be applied, and these would not: whoever asked would take the one for the other. */
const otherFix = (job: number) =>
  new RequestProblem(
    'recovery_conflict',
    `Dead letters of the selection wait for other rules, those of job ${job}: nothing was asked for. Ask again when it is done.`,
  );

const invalidRecovery = (details: readonly Problem[]) =>
  new RequestProblem('invalid_recovery', details.map(({ parameter, message }) => `${parameter} ${message}.`).join(' '), { details });
