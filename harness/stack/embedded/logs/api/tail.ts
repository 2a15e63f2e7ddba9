// /tail: a WebSocket that first gets the last lines, then each new one. Who reads too slowly loses lines, is told which, and they are counted.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { findLines } from '../logql/log-lines.ts';
import type { LogLine } from '../logql/log-lines.ts';
import { matchesStream } from '../logql/select.ts';
import { noHints } from '../logql/stages/hints.ts';
import { createLabelsBuilder } from '../logql/stages/labels-builder.ts';
import { compilePipeline } from '../logql/stages/run-stages.ts';
import type { LogQuery } from '../logql/syntax/ast.ts';
import { parseLogQuery } from '../logql/syntax/parse.ts';
import type { StoredEntry } from '../log-store.ts';
import { parametersFrom } from '../../prometheus-api/parameters.ts';
import { errorStatus } from './answer.ts';
import { newTurn, nowNano } from './context.ts';
import type { LokiContext } from './context.ts';
import { BadParameter, boundsOf, lineLimit, tailDelayMs } from './parameters.ts';
import { categorizeFlag, groupStreams } from './streams.ts';

export const tailPath = '/loki/api/v1/tail';

/**
 * Whether an offer to go on in another protocol is taken: for the server's `shouldUpgradeCallback` (https://nodejs.org/api/http.html#httpcreateserveroptions-requestlistener).
 * Any other is a request like each, as HTTP says: whoever offers h2c gets an answer in HTTP/1.1.
 */
export const isTail = ({ url = '', headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket' && URL.parse(url, 'http://localhost')?.pathname === tailPath;

const maxTails = 10;
/** Of what was sent and not yet taken. */
const maxBufferedBytes = 2 ** 20;
const maxToldDrops = 1_000;

type Tail = {
  readonly query: LogQuery;
  readonly startNano: bigint;
  readonly limit: number;
  readonly delayMs: number;
  readonly categorized: boolean;
};

const readTail = (request: IncomingMessage, context: LokiContext): Tail => {
  const parameters = parametersFrom(new URL(request.url ?? '/', 'http://localhost').searchParams);
  const query = parseLogQuery(parameters.first('query'));
  const { startNano } = boundsOf(parameters, nowNano(context));
  const flags = String(request.headers['x-loki-response-encoding-flags'] ?? '');
  return { query, startNano, limit: lineLimit(parameters), delayMs: tailDelayMs(parameters), categorized: flags.includes(categorizeFlag) };
};

/** The lines that the query makes of new entries. */
const createReader = ({ matchers, stages }: LogQuery): ((added: readonly StoredEntry[]) => readonly LogLine[]) => {
  const pipeline = compilePipeline(stages);
  const labels = createLabelsBuilder(noHints());
  return (added) =>
    added.flatMap(({ stream, entry }): LogLine[] => {
      if (!matchesStream(matchers, stream.labels)) return [];
      labels.start(stream.labels, entry.metadata);
      const line = pipeline(entry.line, entry.atNano, labels);
      return line === null ? [] : [{ atNano: entry.atNano, line, labels: labels.kinds() }];
    });
};

type Dropped = { readonly timestamp: string; readonly labels: Readonly<Record<string, string>> };

const createSender = (socket: WebSocket, { categorized }: Tail, { logs }: LokiContext): ((lines: readonly LogLine[]) => void) => {
  const dropped: Dropped[] = [];
  return (lines) => {
    if (lines.length === 0 || socket.readyState !== WebSocket.OPEN) return;
    const streams = groupStreams(lines, categorized);
    if (socket.bufferedAmount > maxBufferedBytes) {
      logs.countUnread(lines.length);
      const told = streams.flatMap(({ stream, values }) => values.map(([timestamp]) => ({ timestamp, labels: stream })));
      dropped.push(...told.slice(0, maxToldDrops - dropped.length));
      return;
    }
    const drops = dropped.length === 0 ? {} : { dropped_entries: dropped.splice(0) };
    const flags = categorized ? { encodingFlags: [categorizeFlag] } : {};
    socket.send(JSON.stringify({ streams, ...drops, ...flags }));
  };
};

/** A reason has room for 123 bytes. */
const failWith =
  (socket: WebSocket) =>
  (error: Error): void =>
    socket.close(1011, Buffer.from(error.message).subarray(0, 120).toString());

const run = async (socket: WebSocket, tail: Tail, context: LokiContext): Promise<void> => {
  const ended = new AbortController();
  const send = createSender(socket, tail, context);
  const read = createReader(tail.query);
  const waiting: (readonly StoredEntry[])[] = [];
  let hasCaughtUp = false;
  const deliver = (added: readonly StoredEntry[]): void => (hasCaughtUp ? send(read(added)) : void waiting.push(added));
  const later = async (added: readonly StoredEntry[]): Promise<void> => {
    await context.clock.sleep(tail.delayMs, ended.signal);
    deliver(added);
  };
  const stop = context.logs.follow((added) => void later(added).catch(failWith(socket)));
  socket.once('close', () => (stop(), ended.abort()));
  const window = {
    startNano: tail.startNano,
    endNano: nowNano(context),
    direction: 'backward',
    limit: tail.limit,
    intervalNano: 0n,
  } as const;
  send((await findLines(tail.query, context.logs, window, newTurn(context))).toReversed());
  hasCaughtUp = true;
  for (const added of waiting) send(read(added));
};

const refuse = (socket: Duplex, error: Error): void => {
  const status = errorStatus(error);
  const body = Buffer.from(error.message);
  // A client that keeps its side open would keep the server from closing.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Error'}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
  );
};

/** Returns how to end all of them. */
export const serveTails = (server: Server, context: LokiContext): (() => void) => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024 });
  server.on('upgrade', (request, socket, head) => {
    // The HTTP server looks after it no more: without a listener a reset ends the process.
    socket.on('error', () => socket.destroy());
    try {
      // A Node that has no shouldUpgradeCallback (before 24.9) hands over every offer.
      if (!isTail(request)) throw new BadParameter(`the only WebSocket is at ${tailPath}`);
      const tail = readTail(request, context);
      if (sockets.clients.size >= maxTails)
        throw new BadParameter(`max concurrent tail requests limit exceeded, count > limit (${maxTails + 1} > ${maxTails})`);
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => client.terminate());
        run(client, tail, context).catch(failWith(client));
      });
    } catch (error) {
      refuse(socket, error as Error);
    }
  });
  return () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  };
};
