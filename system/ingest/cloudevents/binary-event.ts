// A CloudEvent in binary mode: its attributes are headers, and the body is its data as it is.
import type { IncomingMessage } from 'node:http';
import type { EventForm } from '../admit.ts';
import { hostileText } from '../read-json.ts';
import { asKey } from '../read-key.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { admitAttributes } from './admit-attributes.ts';
import { decodeHeader } from './decode-header.ts';
import { bodyData } from './event-data.ts';
import { checkAttributes } from './structured-event.ts';

type Headers = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/** Two of the required headers: where either is there, the others were meant to be. */
export const isBinaryEvent = ({ headers }: Pick<Headers, 'headers'>): boolean =>
  headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined;

/** Reads nothing yet: what is refused for want of room is to cost next to nothing. */
export const binaryEvent = (request: Headers): EventForm => ({
  admit: (bytes, delivery) => {
    const attributes = readAttributes(request);
    if ('kind' in attributes) return attributes;
    const checked = checkAttributes(attributes.values);
    if ('kind' in checked) return checked;
    const data = bodyData(bytes, request.headers['content-type']);
    return 'kind' in data ? data : admitAttributes(checked.event, data, delivery);
  },
  readKey: () => {
    const attributes = readAttributes(request);
    if ('kind' in attributes) return null;
    const { source, subject, id } = attributes.values;
    return asKey({ systemName: source, objectId: subject ?? id });
  },
});

const prefix = 'ce-';

/** The content type is said by Content-Type alone, and data is the body. */
const elsewhere: Readonly<Record<string, string>> = {
  datacontenttype: 'belongs into the Content-Type header',
  data: 'is the body in binary mode',
  data_base64: 'is the body in binary mode',
};

const readAttributes = ({ headers, rawHeaders }: Headers): { readonly values: Readonly<Record<string, string>> } | Refusal => {
  const attributes = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index]!.toLowerCase();
    if (!header.startsWith(prefix)) continue;
    const name = header.slice(prefix.length);
    if (Object.hasOwn(elsewhere, name)) return refuseHeader(header, elsewhere[name]!);
    if (attributes.has(name)) return refuseHeader(header, 'is there more than once');
    const value = decodeHeader(rawHeaders[index + 1]!);
    if (value === null)
      return refuseHeader(header, 'is not percent-encoded UTF-8: write a % as %25, and what is beyond ASCII as its bytes');
    if (value.includes('\0')) return hostileText(`/${name}`);
    attributes.set(name, value);
  }
  const contentType = headers['content-type'];
  if (contentType !== undefined) attributes.set('datacontenttype', contentType);
  return { values: Object.fromEntries(attributes) };
};

/** Header names are ASCII and bounded by the bound on headers; what is longer than any attribute is cut. */
const refuseHeader = (header: string, what: string): Refusal => {
  const shown = header.length > 64 ? `${header.slice(0, 64)}…` : header;
  return refuse('invalid_cloudevent', `The header ${shown} ${what}.`, [{ path: `/${shown.slice(prefix.length)}`, message: what }]);
};
