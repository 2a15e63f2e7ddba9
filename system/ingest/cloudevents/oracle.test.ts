// Held against the CloudEvents project's own SDK: what it writes, in either mode, we map alike, and as it reads it itself.
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AdmittedEvent, type Delivery, isRefusal } from '../admit.ts';
import type { Refusal } from '../refusal.ts';
import { binaryEvent } from './binary-event.ts';
import { structuredEvent } from './structured-event.ts';

const delivery: Delivery = { tenant: 'default', receivedAtMs: 0, headerKey: null, newIdentity: () => 'new' };

const admitted = (admission: AdmittedEvent | Refusal): AdmittedEvent => {
  if (isRefusal(admission)) return expect.unreachable(`${admission.code}: ${admission.message}`);
  return admission;
};

type Message = ReturnType<typeof HTTP.binary>;

const bytesOf = (body: unknown): Buffer => {
  if (body === undefined || body === null) return Buffer.alloc(0);
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body as Uint8Array);
};

/** As Node gives the headers of a request: lower case, text. */
const headersOf = ({ headers }: Message): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value)]])),
  );

const mapBinary = (message: Message): AdmittedEvent => {
  const headers = headersOf(message);
  return admitted(binaryEvent({ headers, rawHeaders: Object.entries(headers).flat() }).admit(bytesOf(message.body), delivery));
};
const mapStructured = (message: Message): AdmittedEvent => admitted(structuredEvent.admit(bytesOf(message.body), delivery));

/** What the SDK writes as it is into a header: it does not percent-encode, so what would have to be is tested beside decodeHeader. */
const headerText = (maxLength: number) =>
  fc.string({ minLength: 1, maxLength, unit: fc.constantFrom(...Array.from('abcXYZ019-._~:/?#[]@!$&()*+,;=')) });

/** The SDK holds it to be a URI reference. */
const source = fc.stringMatching(/^(?:https:\/\/shop\.example)?(?:\/[a-zA-Z0-9._~!$&()*+,;=@-]{1,20}){1,3}$/);

const jsonData = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue(), { minLength: 1 }));
const payload = fc.oneof(
  fc.record({ data: jsonData, datacontenttype: fc.constantFrom('application/json', 'application/vnd.shop+json') }),
  fc.record({ data: jsonData }),
  fc.record({
    data: fc.string({ minLength: 1 }),
    datacontenttype: fc.constantFrom('text/plain', 'application/xml', 'text/csv; charset=utf-8'),
  }),
  fc.record({ data: fc.uint8Array({ minLength: 1 }), datacontenttype: fc.constantFrom('application/octet-stream', 'image/png') }),
  fc.constant({}),
);
const taken = new Set(['id', 'source', 'type', 'subject', 'time', 'data', 'specversion', 'datacontenttype', 'dataschema', 'schemaurl']);
const extensions = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z0-9]{0,19}$/).filter((name) => !taken.has(name) && name !== 'datacontentencoding'),
  fc.oneof(headerText(40), fc.integer(), fc.boolean()),
  { maxKeys: 4 },
);
const cloudEvents = fc
  .record(
    {
      id: headerText(100),
      source,
      type: headerText(100),
      subject: headerText(100),
      time: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
      dataschema: fc.webUrl().filter((url) => !url.includes('%')),
    },
    { requiredKeys: ['id', 'source', 'type', 'time'] },
  )
  .chain((attributes) => fc.tuple(payload, extensions).map(([data, more]) => ({ ...more, ...attributes, ...data })));

/** U+0000 and lone surrogates are refused, and tested for that elsewhere. */
const isStorable = (value: unknown): boolean => !/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value));

const expectedMetadata = ({ data, data_base64: base64 }: CloudEvent<unknown>): unknown => {
  if (typeof base64 === 'string') return { data_base64: base64 };
  if (data === undefined) return {};
  return typeof data === 'object' && data !== null ? data : { data };
};

test('an event of the SDK maps alike in binary and structured mode, and to what the SDK holds', () => {
  fc.assert(
    fc.property(cloudEvents.filter(isStorable), (given) => {
      const event = new CloudEvent<unknown>(given, false);
      const inBinary = mapBinary(HTTP.binary(event));
      const inStructured = mapStructured(HTTP.structured(event));
      for (const mapped of [inBinary, inStructured]) {
        expect(mapped).toMatchObject({
          systemName: event.source,
          objectId: event.subject ?? event.id,
          eventName: event.type,
          idempotencyKey: event.id,
          eventTimeSource: 'client',
        });
        expect(Date.parse(mapped.eventTime)).toBe(Date.parse(event.time ?? ''));
        const stored = JSON.parse(mapped.body) as { metadata: unknown; cloudevent: Record<string, unknown> };
        expect(stored.metadata).toEqual(JSON.parse(JSON.stringify(expectedMetadata(event))));
        const more = Object.entries(given).filter(([name]) => !taken.has(name));
        expect(stored.cloudevent).toMatchObject(Object.fromEntries(more.map(([name, value]) => [name, String(value)])));
        expect(stored.cloudevent['dataschema']).toBe(event.dataschema);
      }
      expect(inBinary.identity).toBe(inStructured.identity);
      expect(inBinary.bodyHash).toEqual(inStructured.bodyHash);
    }),
    { numRuns: 300 },
  );
});

test('what we read in a message is what the SDK reads in it', () => {
  fc.assert(
    fc.property(cloudEvents.filter(isStorable), (given) => {
      const event = new CloudEvent<unknown>(given, false);
      for (const [message, map] of [
        [HTTP.binary(event), mapBinary],
        [HTTP.structured(event), mapStructured],
      ] as const) {
        const read = HTTP.toEvent({ headers: headersOf(message), body: message.body }) as CloudEvent<unknown>;
        expect(map(message)).toMatchObject({
          systemName: read.source,
          objectId: read.subject ?? read.id,
          eventName: read.type,
          idempotencyKey: read.id,
        });
      }
    }),
    { numRuns: 100 },
  );
});
