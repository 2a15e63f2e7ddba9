// `data` of a CloudEvent as the contract's `metadata`: an object or array as it is, anything else inside of one.
import { isUtf8 } from 'node:buffer';
import { eventLimits } from '../../contract/event-limits.ts';
import { readJson } from '../read-json.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { isUnicode, readMediaType } from './media-type.ts';

export type EventData = {
  /** The text of `metadata`. */
  readonly metadata: string;
  /** The same to hash, with exact numbers where doubles would lose a digit. */
  readonly exact: unknown;
  /** Where the data is in the stored event, a JSON pointer; null: there is none. */
  readonly at: '/metadata' | '/metadata/data' | '/metadata/data_base64' | null;
};

export const noData: EventData = { metadata: '{}', exact: {}, at: null };

/** `text`: the value as it stands in the JSON that it came in. */
export const jsonData = (text: string, exact: unknown): EventData =>
  text.startsWith('{') || text.startsWith('[')
    ? { metadata: text, exact, at: '/metadata' }
    : { metadata: `{"data":${text}}`, exact: { data: exact }, at: '/metadata/data' };

export const base64Data = (base64: string): EventData => ({
  metadata: `{"data_base64":"${base64}"}`,
  exact: { data_base64: base64 },
  at: '/metadata/data_base64',
});

/** The body of a request in binary mode. No byte: no data. */
export const bodyData = (bytes: Buffer, contentType: string | undefined): EventData | Refusal => {
  if (bytes.length === 0) return noData;
  if (contentType === undefined) {
    return refuse(
      'unsupported_content_type',
      'The CloudEvent has data, but no Content-Type says what it is: send its own, such as application/json.',
    );
  }
  const { kind, charset } = readMediaType(contentType);
  if (kind === 'json') return isUnicode(charset) ? jsonBody(bytes) : refuseCharset(charset);
  if (kind === 'text' && isUnicode(charset) && isUtf8(bytes) && !bytes.includes(0)) {
    const text = bytes.toString('utf8');
    return jsonData(JSON.stringify(text), text);
  }
  return base64Data(bytes.toString('base64'));
};

const refuseCharset = (charset: string | null): Refusal =>
  refuse('unsupported_content_type', `The charset '${charset}' is not taken: JSON is UTF-8.`);

const jsonBody = (bytes: Buffer): EventData | Refusal => {
  // The stored event is around it.
  const read = readJson(bytes, eventLimits.depth - 1);
  return 'kind' in read ? read : jsonData(read.text.trim(), read.exact);
};
