// Exports over HTTP: how many at a time, for how long, in which form. Over a pool of their own, so that a long one keeps nobody from reading a page.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { signals } from '../../contract/signals.ts';
import { errorAttributes } from '../../telemetry/error-attributes.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';
import type { Timers } from '../consumers/head-watch.ts';
import { createPacedWriter } from '../consumers/paced-writer.ts';
import { createPlaces } from '../places.ts';
import type { ReadDatabase } from '../read-database.ts';
import { invalidQuery, RequestProblem } from '../request-problem.ts';
import type { Route } from '../route.ts';
import { acceptedFormat } from './accepted-format.ts';
import { exportListing } from './export-listing.ts';
import { createRowFormat } from './format-rows.ts';
import { exportFormats, listingOf } from './listing.ts';

export type ExportBounds = { readonly bufferBytes: number; readonly slowMs: number; readonly limitSeconds: number };

export type ExportParts = {
  readonly bounds: ExportBounds;
  /** Whether there are tenants to share places with. */
  readonly isShared: () => boolean;
  readonly telemetry: Pick<Telemetry, 'instruments' | 'logger'>;
  readonly timers: Timers;
};

export type ExportRequest = {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly tenant: string;
};

export type ExportDoor = {
  /** false: a page was asked for, and nothing was done. true: the export is over, and the reply is not to be used. Rejects before the first byte. */
  answer(route: Route, asked: ExportRequest, request: FastifyRequest, reply: FastifyReply, database: ReadDatabase): Promise<boolean>;
};

/** Each holds a connection, and most a snapshot. */
export const mostExports = 2;

export const createExportDoor = (app: FastifyInstance, { bounds, isShared, telemetry, timers }: ExportParts): ExportDoor => {
  const places = createPlaces({ most: mostExports, isShared, full: tooManyExports });
  const ended = telemetry.instruments.counter(
    signals.exports,
    exportFormats.flatMap((format) =>
      ['complete', 'broken'].map((outcome) => ({ 'faultline.export.format': format, 'faultline.outcome': outcome })),
    ),
  );
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort(new RequestProblem('shutting_down', 'The process stops.'));
    done();
  });
  return {
    answer: async (route, { path, query, tenant }, request, reply, database) => {
      const { format: named, formulas, ...filters } = query;
      const format = (named ?? acceptedFormat(request.headers.accept)) as 'json' | 'ndjson' | 'csv';
      const listing = listingOf(route);
      if (listing === null || format === 'json' || request.method !== 'GET') {
        if (formulas !== undefined) throw invalidQuery([{ parameter: 'formulas', message: 'is for format=csv alone.' }]);
        return false;
      }
      refusePaging(filters);
      using _place = places.take(tenant);
      const limit = new AbortController();
      using _timer = timers.after(bounds.limitSeconds * 1000, () => limit.abort(outOfTime(bounds.limitSeconds)));
      const stop = AbortSignal.any([stopping.signal, limit.signal]);
      const rows = createRowFormat(format, listing, formulas !== 'keep');
      const isWhole = await exportListing({
        route,
        listing,
        tenant,
        path,
        filters,
        format: rows,
        database,
        reply,
        openWriter: () => createPacedWriter(begin(reply, rows.contentType), { ...bounds, timers, stop }),
        pieceBytes: bounds.bufferBytes,
        timers,
        stop,
        onDefect: (error) => telemetry.logger.error('an export failed', errorAttributes(error), { eventName: 'faultline.query.failed' }),
      });
      ended.add(1, { 'faultline.export.format': format, 'faultline.outcome': isWhole ? 'complete' : 'broken' });
      return true;
    },
  };
};

const tooManyExports = () =>
  new RequestProblem(
    'too_many_readers',
    `As many exports are open as there may be (${mostExports}), or as a tenant may have beside others. Try again in a moment.`,
  );

const refusePaging = (filters: Readonly<Record<string, unknown>>) => {
  const paging = ['limit', 'cursor'].filter((parameter) => filters[parameter] !== undefined);
  if (paging.length > 0)
    throw invalidQuery(paging.map((parameter) => ({ parameter, message: 'is for pages: an export is the whole listing.' })));
};

const outOfTime = (limitSeconds: number) =>
  new RequestProblem(
    'storage_unavailable',
    `The export took longer than ${limitSeconds} s (FAULTLINE_EXPORT_LIMIT_SECONDS). Narrow the filters.`,
  );

const begin = (reply: FastifyReply, contentType: string) => {
  reply.raw.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store', vary: 'accept', connection: 'close' });
  return reply.raw;
};
