// The request of a delivery with all that can be known of it beforehand.
import { hash } from 'node:crypto';
import { createBodyMaker } from '../traffic/body.ts';
import type { PlannedOperation } from '../traffic/planned-operation.ts';
import type { Maker } from './prepare-ahead.ts';
import { type DeliveryRequest, type Dialect, requestOf } from './dialect.ts';

export type MadeRequest = DeliveryRequest & { readonly bodySha256: string };

/** `url`: where events are sent, unless the dialect says another path. */
export const createRequestMaker = (
  {
    url,
    seed,
    credentials = null,
  }: { readonly url: string; readonly seed: number; readonly credentials?: Readonly<Record<string, string>> | null },
  dialect: Dialect,
): Maker<MadeRequest> => {
  const { pathname } = new URL(url);
  const bodyOf = createBodyMaker(seed);
  return (planned) => {
    const { path, headers, body } = requestOf(dialect, planned, bodyOf(planned), pathname);
    return {
      path,
      headers: [...headers, ...keyHeaders(credentials, planned), ...traceHeaders(planned)],
      body,
      bodySha256: hash('sha256', body),
    };
  };
};

const keyHeaders = (credentials: Readonly<Record<string, string>> | null, { systemName }: PlannedOperation): string[] => {
  const key = credentials?.[systemName];
  return key === undefined ? [] : ['authorization', `Bearer ${key}`];
};

/** Parent span id: any; the harness has no span of its own. The last byte asks for sampling. */
export const traceHeaders = ({ traceId }: Pick<PlannedOperation, 'traceId'>): string[] =>
  traceId === null ? [] : ['traceparent', `00-${traceId}-${traceId.slice(0, 16)}-01`];
