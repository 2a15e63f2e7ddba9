// POST /erasures: one object's data is to go. All that is written here is the request; workers carry it out.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { accessOf } from '../access/guard-routes.ts';
import type { ErasureDesk } from '../recovery/erasure-desk.ts';
import { parseErasureRequest } from '../recovery/erasure-request.ts';
import type { RequestSpans } from '../telemetry/observe-requests.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { readOperation, takenRequestId } from './read-operation.ts';
import { RequestProblem } from './request-problem.ts';
import { storageProblem } from './storage-problem.ts';

export const erasuresUrl = '/erasures';

const largestBody = 16 * 1024;

/** After addOperateRoutes, which says what bodies are taken. */
export const addErasureRoutes = (
  app: FastifyInstance,
  desk: ErasureDesk,
  { logger }: Pick<Telemetry, 'logger'>,
  spans: RequestSpans,
): void => {
  app.post(erasuresUrl, { bodyLimit: largestBody }, async (request, reply) => {
    const asked = readOperation(request.body, parseErasureRequest);
    const { system_name: systemName, object_id: objectId, dry_run: isDryRun = false, requested_by: requestedBy, why } = asked;
    const { tenant, keyId } = accessOf(request);
    const key = { tenant, systemName, objectId };
    const opened = await desk
      .open({ key, isDryRun, requestedBy, why, requestId: asked.request_id ?? randomUUID(), keyId })
      .catch((error: unknown) => {
        throw storageProblem(error);
      });
    if ('taken' in opened) throw takenRequestId();
    if ('refused' in opened) throw new RequestProblem('operation_refused', opened.refused);
    const what = {
      'faultline.erasure': opened.erasure,
      'faultline.dry_run': isDryRun,
      'faultline.requested_by': requestedBy,
      'faultline.tenant': tenant,
    };
    logger.info(
      'erasure asked for',
      { ...what, 'faultline.known': opened.known },
      { eventName: 'faultline.erasure.asked', span: spans.of(request).context },
    );
    return reply.code(202).type('application/json; charset=utf-8').send(JSON.stringify(opened));
  });
};
