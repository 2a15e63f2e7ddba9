// A trace by its id: v1 and v2, as JSON or, by Accept, as protobuf.
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { resourceSpansJson } from './tempo-json.ts';
import { BadRequest, secondsWindow } from './tempo-parameters.ts';
import type { Query } from './tempo-parameters.ts';
import { traceBytes } from './tempo-protobuf.ts';
import type { StoredTrace, TraceStore } from './trace-store.ts';

const protobufType = 'application/protobuf';

/** Tempo takes an id with its leading zeros left out, too. */
const traceIdOf = (text: string): string => {
  const wrong = /[^0-9a-fA-F]/.exec(text);
  if (wrong !== null)
    throw new BadRequest(`trace IDs can only contain hex characters: invalid character '${wrong[0]}' at position ${wrong.index + 1}`);
  if (text.length > 32) throw new BadRequest("trace IDs can't be larger than 128 bits");
  return text.toLowerCase().padStart(32, '0');
};

const wantsProtobuf = (request: FastifyRequest): boolean => request.headers.accept?.includes(protobufType) ?? false;

type Asked = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

/** start and end say in which blocks Tempo looks; here all is in one place, so they are checked and no more. */
const find = (traces: TraceStore, request: Asked): StoredTrace | undefined => {
  const id = traceIdOf(request.params.id);
  secondsWindow(request.query);
  return traces.get(id);
};

const sendProtobuf = async (reply: FastifyReply, bytes: Uint8Array): Promise<void> =>
  reply.header('content-type', protobufType).send(Buffer.from(bytes));

export const traceRoutes: FastifyPluginAsync<{ readonly traces: TraceStore }> = async (app, { traces }) => {
  app.get('/api/traces/:id', async (request: Asked, reply) => {
    const trace = find(traces, request);
    if (trace === undefined) return reply.code(404).send('');
    if (wantsProtobuf(request)) return sendProtobuf(reply, traceBytes('Trace', trace));
    return { batches: resourceSpansJson(trace) };
  });
  // As in Tempo 3, an unknown trace is an empty one here.
  app.get('/api/v2/traces/:id', async (request: Asked, reply) => {
    const trace = find(traces, request);
    if (wantsProtobuf(request)) return sendProtobuf(reply, traceBytes('TraceByIDResponse', trace));
    return { trace: trace === undefined ? {} : { resourceSpans: resourceSpansJson(trace) }, metrics: {} };
  });
};
