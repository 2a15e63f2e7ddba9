// The body of an OTLP/HTTP request: which encoding it is in, unpacked within its limit. https://opentelemetry.io/docs/specs/otlp/#otlphttp
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { OtlpDecodeError } from './decode-error.ts';
import { messageType } from './descriptor.ts';

export type Encoding = 'json' | 'protobuf';

export class RequestRefused extends Error {
  readonly status: 400 | 413 | 415;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: 400 | 413 | 415, message: string, headers: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestRefused';
    this.status = status;
    this.headers = headers;
  }
}

const unzip = promisify(gunzip);

/** null: neither of the two that OTLP/HTTP has. */
export const encodingOf = (contentType: string | undefined): Encoding | null => {
  const media = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (media === 'application/json') return 'json';
  return media === 'application/x-protobuf' ? 'protobuf' : null;
};

const inflate = async (body: Buffer, limitBytes: number): Promise<Buffer> => {
  try {
    return await unzip(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new RequestRefused(413, `the body unpacks to more than ${limitBytes} bytes; send smaller batches`, {}, { cause: error });
    }
    throw new RequestRefused(
      400,
      `the body is not gzip, though Content-Encoding says so (${(error as Error).message})`,
      {},
      { cause: error },
    );
  }
};

/** Unpacks the body. Only gzip is taken, as OTLP/HTTP asks of a server; anything else is 415 and says so. */
export const unpack = async (body: Buffer, contentEncoding: string | undefined, limitBytes: number): Promise<Buffer> => {
  const coding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (coding === 'gzip') return inflate(body, limitBytes);
  if (coding !== 'identity' && coding !== '') {
    throw new RequestRefused(415, `Content-Encoding ${JSON.stringify(contentEncoding)} is not taken; send gzip or none`, {
      'accept-encoding': 'gzip',
    });
  }
  if (body.length > limitBytes) throw new RequestRefused(413, `the body has ${body.length} bytes, the limit is ${limitBytes}`);
  return body;
};

/** Bytes -> the request as a plain object with OTLP/JSON's field names. Throws an OtlpDecodeError. */
export const decode = (body: Buffer, encoding: Encoding, message: string): unknown => {
  try {
    if (encoding === 'json') return JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
    const type = messageType(message);
    return type.toObject(type.decode(body), { longs: String });
  } catch (error) {
    throw new OtlpDecodeError(
      '',
      `the body is not ${encoding === 'json' ? 'JSON' : `a protobuf ${message}`} (${(error as Error).message})`,
      {
        cause: error,
      },
    );
  }
};
