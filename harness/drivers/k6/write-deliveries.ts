// The files of a scenario's plan for k6: each delivery with its time and its request, and the script that reads them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import type { Maker } from '../prepare-ahead.ts';
import type { MadeRequest } from '../request-maker.ts';
import { deliveriesFile, type DeliveryPlan, deliveryScript, type K6Delivery } from './delivery-script.ts';

/** What the history says of a body. */
export type SentBody = { readonly bodySha256: string; readonly bodyBytes: number };

export type DeliveriesOptions = Omit<DeliveryPlan, 'deliveries' | 'lastMs'> & {
  readonly plan: TrafficPlan;
  readonly makeRequest: Maker<MadeRequest>;
};

/** k6 keeps all of them in memory. */
const mostDeliveries = 200_000;

export const writeDeliveries = async (
  folder: string,
  { plan, makeRequest, ...script }: DeliveriesOptions,
): Promise<{ readonly file: string; readonly sent: readonly SentBody[] }> => {
  const { operations } = plan;
  if (operations.length === 0 || operations.length > mostDeliveries)
    throw new HarnessError(
      'FL_DRIVER_FAILED',
      `k6 keeps a whole plan in memory: from 1 to ${mostDeliveries} deliveries, and not ${operations.length}; take the http driver`,
    );
  const [deliveries, sent] = [[] as K6Delivery[], [] as SentBody[]];
  for (const planned of operations) {
    const { path, headers, body, bodySha256 } = makeRequest(planned);
    deliveries.push({ at: planned.intendedAtMs, path, headers: fieldsOf(headers), ...textOf(body) });
    sent.push({ bodySha256, bodyBytes: body.length });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, deliveriesFile), JSON.stringify(deliveries));
  const file = join(folder, 'script.js');
  const lastMs = operations.at(-1)?.intendedAtMs ?? 0;
  await writeFile(file, deliveryScript({ ...script, deliveries: operations.length, lastMs }));
  return { file, sent };
};

const fieldsOf = (headers: readonly string[]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: headers.length / 2 }, (_, index) => [headers[index * 2] ?? '', headers[index * 2 + 1] ?? '']));

/** Byte for byte what our own driver sends. */
const textOf = (body: Buffer): Pick<K6Delivery, 'body' | 'isBase64'> => {
  const text = body.toString('utf8');
  return Buffer.from(text).equals(body) ? { body: text, isBase64: false } : { body: body.toString('base64'), isBase64: true };
};
