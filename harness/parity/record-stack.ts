// Stands between the senders of OTLP and a running stack: passes every request on as it came, and writes down each one that the stack took.
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import fastify from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request } from 'undici';
import type { Clock } from '../engine/clock.ts';
import { explain, HarnessError } from '../engine/errors.ts';
import type { OtlpSignal, RunningStack } from '../stack/running-stack.ts';
import type { RecordedRequest } from './recording.ts';

const bodyLimitBytes = 64 * 2 ** 20;
const timeoutMs = 30_000;
const signals: readonly OtlpSignal[] = ['metrics', 'traces', 'logs'];

const text = (header: string | readonly string[] | undefined): string => (typeof header === 'string' ? header : '');

const passOn = async (stack: RunningStack, signal: OtlpSignal, { headers, body }: FastifyRequest, reply: FastifyReply): Promise<number> => {
  const encoding = text(headers['content-encoding']);
  const answer = await request(stack.endpoints.otlp[signal], {
    method: 'POST',
    headers: {
      'content-type': text(headers['content-type']),
      ...(encoding === '' ? {} : { 'content-encoding': encoding }),
      ...stack.access.otlp?.[signal],
    },
    body: body as Buffer,
    signal: AbortSignal.timeout(timeoutMs),
  });
  for (const name of ['content-type', 'retry-after']) {
    const value = answer.headers[name];
    if (typeof value === 'string') reply.header(name, value);
  }
  await reply.code(answer.statusCode).send(Buffer.from(await answer.body.arrayBuffer()));
  return answer.statusCode;
};

const unwritten = (file: string, error: unknown): HarnessError =>
  new HarnessError('FL_RUN_FOLDER', `the recording ${file} cannot be written: ${explain(error)}`, { cause: error });

const openRecording = async (file: string): Promise<WriteStream> => {
  const out = createWriteStream(file, { flags: 'a' });
  await once(out, 'open');
  // A disk that is full in mid-run: told at the end, when the recording is found not to be whole.
  out.on('error', () => undefined);
  return out;
};

/**
 * The same stack with other doors for OTLP. Disposing it ends the recording, flushed, and then the stack. Rejects with FL_RUN_FOLDER where the recording can't be
 * written, at the start or at the end; the stack is down then, too.
 */
export const recordStack = async (stack: RunningStack, file: string, clock: Clock): Promise<RunningStack> => {
  const out = await openRecording(file).catch(async (error: unknown) => {
    await stack[Symbol.asyncDispose]();
    throw unwritten(file, error);
  });
  const app = fastify({ bodyLimit: bodyLimitBytes, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const signal of signals) {
    app.post(`/v1/${signal}`, async (incoming, reply) => {
      const atMs = clock.now();
      const status = await passOn(stack, signal, incoming, reply);
      if (status < 200 || status > 299) return;
      const taken: RecordedRequest = {
        signal,
        atMs,
        contentType: text(incoming.headers['content-type']),
        contentEncoding: text(incoming.headers['content-encoding']),
        bodyBase64: (incoming.body as Buffer).toString('base64'),
      };
      out.write(`${JSON.stringify(taken)}\n`);
    });
  }
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const door = (signal: OtlpSignal): string => `${address}/v1/${signal}`;
  const { otlp: _otherAccess, ...access } = stack.access;
  return {
    ...stack,
    access,
    endpoints: { ...stack.endpoints, otlp: { metrics: door('metrics'), traces: door('traces'), logs: door('logs') } },
    [Symbol.asyncDispose]: async () => {
      await using _stack = stack;
      await app.close();
      out.end();
      await finished(out).catch((error: unknown) => {
        throw unwritten(file, error);
      });
    },
  };
};
