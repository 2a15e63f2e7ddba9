import { expect, test } from 'vitest';
import { messageType } from '../../../stack/embedded/otlp/descriptor.ts';
import { decode } from '../../../stack/embedded/otlp/request-body.ts';
import { createFleet } from '../fleet/fleet.ts';
import { createExports } from '../fleet/member-exports.ts';
import { encodeExport } from './encode-export.ts';
import { demandTaken } from './send-lanes.ts';

const partial = (encoding: 'json' | 'protobuf'): Buffer => {
  const body = { partialSuccess: { rejectedDataPoints: '1', errorMessage: 'too old' } };
  if (encoding === 'json') return Buffer.from(JSON.stringify(body));
  const type = messageType('ExportMetricsServiceResponse');
  return Buffer.from(type.encode(type.fromObject(body)).finish());
};

test('an export that was taken whole is answered with nothing to tell', () => {
  for (const text of ['{}', '', '{"partialSuccess":{}}']) expect(() => demandTaken(200, 'json', Buffer.from(text))).not.toThrow();
  expect(() => demandTaken(200, 'protobuf', Buffer.alloc(0))).not.toThrow();
});

test('one refused sample is no measured ingest', () => {
  for (const encoding of ['json', 'protobuf'] as const) expect(() => demandTaken(200, encoding, partial(encoding))).toThrow('too old');
  expect(() => demandTaken(503, 'json', Buffer.from('{}'))).toThrow('answered 503');
});

test('both encodings carry the same', () => {
  const body = createExports(createFleet()[0]!, 1, 0)(1_700_000_000_000);
  const points = (decoded: unknown): string[] =>
    JSON.stringify(decoded)
      .match(/"(?:asDouble|count|sum)":"?[\d.]+/g)!
      .map((text) => text.replace(':"', ':'))
      // proto3 does not write a zero of a field without presence.
      .filter((text) => !text.endsWith(':0'))
      .toSorted();
  const [json, protobuf] = (['json', 'protobuf'] as const).map((encoding) =>
    points(decode(encodeExport(body, encoding), encoding, 'ExportMetricsServiceRequest')),
  );
  expect(protobuf).toEqual(json);
  expect(json!.length).toBeGreaterThan(30);
});
