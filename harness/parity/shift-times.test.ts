import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RecordedRequest } from './recording.ts';
import { shiftFor, shiftRequest, shiftTimes } from './shift-times.ts';

const recorded = (body: Buffer, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
  signal: 'logs',
  atMs: 5_000,
  contentType: 'application/json',
  contentEncoding: '',
  bodyBase64: body.toString('base64'),
  ...more,
});

test('every time of a record is moved by the same, as text or as a number, and an unknown one stays unknown', () => {
  const json = '{"startTimeUnixNano":"1000000000","timeUnixNano": 2000000001,"observedTimeUnixNano":"0","endTimeUnixNano":"3","value":7}';
  expect(JSON.parse(shiftTimes(json, 2_000))).toEqual({
    startTimeUnixNano: '3000000000',
    timeUnixNano: '4000000001',
    observedTimeUnixNano: '0',
    endTimeUnixNano: '2000000003',
    value: 7,
  });
});

test('a line that quotes such a field is left as it was said', () => {
  const json = JSON.stringify({ body: '{"timeUnixNano":"1"}', timeUnixNano: '1000000' });
  expect(JSON.parse(shiftTimes(json, 1))).toEqual({ body: '{"timeUnixNano":"1"}', timeUnixNano: '2000000' });
});

test('a zipped request is zipped again', () => {
  const moved = shiftRequest(recorded(gzipSync('{"timeUnixNano":"1000000"}'), { contentEncoding: 'gzip' }), 1_000);
  expect(gunzipSync(Buffer.from(moved.bodyBase64, 'base64')).toString()).toBe('{"timeUnixNano":"1001000000"}');
  expect(moved.atMs).toBe(6_000);
});

test('protobuf is sent as it came while it is fresh, and refused by name once it would have to be moved', () => {
  const protobuf = recorded(Buffer.from([1, 2]), { contentType: 'application/x-protobuf' });
  expect(shiftRequest(protobuf, 0)).toBe(protobuf);
  expect(() => shiftRequest(protobuf, 1_000)).toThrow('application/x-protobuf');
});

test('a fresh recording stays where it is; an old one ends, in whole seconds, well before now', () => {
  expect(shiftFor(1_000_000, 1_000_000 + 599_999)).toBe(0);
  expect(shiftFor(1_000_123, 1_000_123 + 600_500)).toBe(510_000);
});
