// An export as bytes, in either encoding of OTLP/HTTP.
import { messageType } from '../../../stack/embedded/otlp/descriptor.ts';
import type { Encoding } from './protocol.ts';

export const mediaTypes: Readonly<Record<Encoding, string>> = { json: 'application/json', protobuf: 'application/x-protobuf' };

export const encodeExport = (body: unknown, encoding: Encoding): Buffer => {
  if (encoding === 'json') return Buffer.from(JSON.stringify(body));
  const type = messageType('ExportMetricsServiceRequest');
  return Buffer.from(type.encode(type.fromObject(body as Record<string, unknown>)).finish());
};
