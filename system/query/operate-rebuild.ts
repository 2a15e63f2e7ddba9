// POST /rebuilds: what operators ask of the versions of a read model, over the pool for operating.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { accessOf } from '../access/guard-routes.ts';
import type { AskedRebuild, RebuildDesk } from '../recovery/rebuild-desk.ts';
import { parseRebuildRequest, type RebuildRequest } from '../recovery/rebuild-request.ts';
import type { RequestSpans } from '../telemetry/observe-requests.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { demandHost } from './demand-host.ts';
import { readOperation, takenRequestId } from './read-operation.ts';
import { RequestProblem } from './request-problem.ts';
import { storageProblem } from './storage-problem.ts';

export const rebuildsUrl = '/rebuilds';

const largestBody = 16 * 1024;

/** After addOperateRoutes, which says what bodies are taken. */
export const addRebuildRoutes = (
  app: FastifyInstance,
  desk: RebuildDesk,
  { logger }: Pick<Telemetry, 'logger'>,
  spans: RequestSpans,
): void => {
  app.post(rebuildsUrl, { bodyLimit: largestBody }, async (request, reply) => {
    const access = accessOf(request);
    demandHost(access.tenant);
    const asked = toAsked(readOperation(request.body, parseRebuildRequest), access.keyId);
    const answer = await desk.carryOut(asked).catch((error: unknown) => {
      throw storageProblem(error);
    });
    if ('taken' in answer) throw takenRequestId();
    const what = {
      'faultline.action': asked.action,
      'faultline.processor': asked.readModel,
      'faultline.processor.version': answer.version,
    };
    const how = { 'faultline.result': answer.outcome, 'faultline.requested_by': asked.requestedBy, 'faultline.forced': asked.force };
    logger.info('rebuild asked for', { ...what, ...how }, { eventName: 'faultline.rebuild.asked', span: spans.of(request).context });
    if (answer.outcome === 'refused') throw new RequestProblem('operation_refused', answer.detail ?? 'It was refused.');
    const { version, known, detail } = answer;
    return reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ read_model: asked.readModel, action: asked.action, version, known, detail }));
  });
};

const toAsked = (request: RebuildRequest, keyId: string | null): AskedRebuild => ({
  readModel: request.read_model,
  action: request.action,
  version: request.version ?? null,
  sameCode: request.same_code ?? false,
  ratePerSecond: request.rate_per_second ?? 0,
  force: request.force ?? false,
  requestedBy: request.requested_by,
  why: request.why,
  requestId: request.request_id ?? randomUUID(),
  keyId,
});
