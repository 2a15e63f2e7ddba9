// A CloudEvent in the JSON format: structured mode, and each element of a batch.
import { Compile } from 'typebox/compile';
import { type CloudEventBody, cloudEventSchema } from '../../contract/cloud-event.ts';
import { rawField } from '../../contract/raw-field.ts';
import type { EventForm } from '../admit.ts';
import { readJson, type ReadJson } from '../read-json.ts';
import { readName } from '../read-key.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { describeSchemaErrors } from '../schema-errors.ts';
import { admitAttributes } from './admit-attributes.ts';
import { base64Data, type EventData, jsonData, noData } from './event-data.ts';

const check = Compile(cloudEventSchema);

/** The same schema checks the attributes of binary mode. */
export const checkAttributes = (value: unknown): { readonly event: CloudEventBody } | Refusal =>
  check.Check(value)
    ? { event: value }
    : describeSchemaErrors(value, check.Errors(value), { code: 'invalid_cloudevent', name: 'CloudEvents 1.0' });

export const structuredEvent: EventForm = {
  admit: (bytes, delivery) => {
    const read = readJson(bytes);
    if ('kind' in read) return read;
    const checked = checkAttributes(read.value);
    if ('kind' in checked) return checked;
    const data = dataOf(checked.event, read);
    return 'kind' in data ? data : admitAttributes(checked.event, data, delivery);
  },
  readKey: (bytes) => readName(bytes, ({ source, subject, id }) => ({ systemName: source, objectId: subject ?? id })),
};

const dataOf = (event: CloudEventBody, { text, exact }: ReadJson): EventData | Refusal => {
  const base64 = event.data_base64 ?? null;
  if (base64 === null) {
    const raw = rawField(text, 'data');
    return raw === undefined ? noData : jsonData(raw, (exact as { readonly data: unknown }).data);
  }
  if (event.data !== undefined) return misplaced('/data_base64', 'is there beside data: send one of them');
  return base64.length % 4 === 0 ? base64Data(base64) : misplaced('/data_base64', 'is no Base64: its length is not a multiple of four');
};

const misplaced = (path: string, message: string): Refusal =>
  refuse('invalid_cloudevent', `The event does not fit CloudEvents 1.0: ${path} ${message}.`, [{ path, message }]);
