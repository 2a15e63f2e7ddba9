// The routes that change a consumer: made, removed, joined, left, checkpointed. All that they write are its own rows.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { signals } from '../../contract/signals.ts';
import type { CheckpointResult, ConsumerDesk } from '../../consumers/consumer-desk.ts';
import { mostConsumers, mostInstances } from '../../consumers/consumer-desk.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';
import { accessOf } from '../../access/guard-routes.ts';
import { createParameterParser, type RawParameters } from '../parameters.ts';
import { notFound, RequestProblem } from '../request-problem.ts';
import { defaultLeaseMs } from '../schemas/consumer-schemas.ts';
import { storageProblem } from '../storage-problem.ts';
import { consumerOperations as operations } from './consumer-operations.ts';
import { createBodyParser, invalidConsumer } from './parse-body.ts';
import { noConsumer } from './read-consumer.ts';

const largestBody = 128 * 1024;
const jsonType = 'application/json; charset=utf-8';

export const checkpointOutcomes = ['moved', 'already_there', 'behind', 'fenced', 'beyond_head', 'unknown_lane'] as const;

export const addConsumerWriteRoutes = (
  app: FastifyInstance,
  desk: ConsumerDesk,
  { instruments, logger }: Pick<Telemetry, 'instruments' | 'logger'>,
): void => {
  const checkpoints = instruments.counter(
    signals.consumerCheckpoints,
    checkpointOutcomes.map((outcome) => ({ 'faultline.outcome': outcome })),
  );
  const parseConsumer = createParameterParser(operations.create.path);
  const parseInstance = createParameterParser(operations.join.path);
  const parseNothing = createParameterParser(operations.create.query);
  const consumerOf = (request: FastifyRequest) => {
    parseNothing(request.query as RawParameters);
    return { tenant: accessOf(request).tenant, consumer: parseConsumer(request.params as RawParameters).consumer };
  };
  const instanceOf = (request: FastifyRequest) => {
    parseNothing(request.query as RawParameters);
    return { tenant: accessOf(request).tenant, ...parseInstance(request.params as RawParameters) };
  };

  const parseCreate = createBodyParser(operations.create.body);
  app.put(operations.create.url, { bodyLimit: largestBody }, async (request, reply) => {
    const { tenant, consumer } = consumerOf(request);
    const made = await stored(desk.create({ tenant, consumer }, parseCreate(request.body).start, accessOf(request).keyId));
    if (made === 'too_many')
      throw new RequestProblem('too_many_consumers', `There are ${mostConsumers} consumers. Remove one that is not used.`);
    return send(reply, made === 'created' ? 201 : 200, { consumer, created: made === 'created' });
  });

  app.delete(operations.remove.url, async (request, reply) => {
    const { tenant, consumer } = consumerOf(request);
    if (!(await stored(desk.remove({ tenant, consumer }, accessOf(request).keyId)))) throw noConsumer(consumer);
    const what = { 'faultline.consumer': consumer, 'faultline.tenant': tenant };
    logger.info('a consumer was removed, with its checkpoints', what, { eventName: 'faultline.consumer.removed' });
    return reply.code(204).send();
  });

  const parseJoin = createBodyParser(operations.join.body);
  app.put(operations.join.url, { bodyLimit: largestBody }, async (request, reply) => {
    const { tenant, consumer, instance } = instanceOf(request);
    const { lease_ms: leaseMs = defaultLeaseMs, release = [] } = parseJoin(request.body);
    const joined = await stored(desk.join({ tenant, consumer }, instance, leaseMs, release));
    if (joined === null) throw noConsumer(consumer);
    if (joined === 'too_many') throw new RequestProblem('too_many_consumers', `There are ${mostInstances} instances of '${consumer}'.`);
    return send(reply, 200, { consumer, instance, ...joined });
  });

  app.delete(operations.leave.url, async (request, reply) => {
    const { tenant, consumer, instance } = instanceOf(request);
    if (!(await stored(desk.leave({ tenant, consumer }, instance)))) throw notFound(`'${consumer}' has no instance '${instance}' now.`);
    return reply.code(204).send();
  });

  const parseCheckpoint = createBodyParser(operations.checkpoint.body);
  app.post(operations.checkpoint.url, { bodyLimit: largestBody }, async (request, reply) => {
    const { tenant, consumer } = consumerOf(request);
    const { checkpoints: asked } = parseCheckpoint(request.body);
    refuseTwice(asked);
    const results = await stored(desk.checkpoint({ tenant, consumer }, asked));
    if (results === null) throw noConsumer(consumer);
    for (const { outcome } of results) checkpoints.add(1, { 'faultline.outcome': outcome });
    if (results.every(isWell)) return send(reply, 200, { checkpoints: results });
    throw refused(results);
  });
};

const send = (reply: FastifyReply, status: number, body: unknown) => reply.code(status).type(jsonType).send(JSON.stringify(body));

const stored = <Result>(work: Promise<Result>): Promise<Result> =>
  work.catch((error: unknown) => {
    throw storageProblem(error);
  });

const refuseTwice = (asked: readonly { readonly lane: number }[]) => {
  const twice = asked.findIndex(({ lane }, index) => asked.findIndex((other) => other.lane === lane) < index);
  if (twice !== -1)
    throw invalidConsumer([{ parameter: `/checkpoints/${twice}/lane`, message: `is ${asked[twice]?.lane}, which is there twice` }]);
};

const isWell = ({ outcome }: CheckpointResult) => outcome === 'moved' || outcome === 'already_there';

const messages: Readonly<Record<CheckpointResult['outcome'], string>> = {
  moved: 'was moved',
  already_there: 'was there already',
  behind: 'stands elsewhere than `from` says',
  fenced: 'was taken by another: stop working on it',
  beyond_head: 'has no such position yet',
  unknown_lane: 'is no lane',
};

const refused = (results: readonly CheckpointResult[]) => {
  const details = results.map((result, index) => ({
    parameter: `/checkpoints/${index}`,
    message: `Lane ${result.lane} ${messages[result.outcome]}.`,
    ...result,
  }));
  const wrong = results.flatMap((result, index) => (isWell(result) ? [] : [details[index]!.message]));
  return new RequestProblem('checkpoint_refused', wrong.slice(0, 10).join(' '), { details });
};
