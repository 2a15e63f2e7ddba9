// Which version an event says that it is of: `schema_version`, or the `dataschema` of a CloudEvent where that is the address of a schema of its own.
import type { SaidVersion, SchemaKey } from './registry.ts';

const address = /\/schemas\/([^/?#]+)\/([^/?#]+)\/([1-9]\d{0,8})$/;

/** The query process answers under it; where it is served from does not count. */
export const schemaAddress = (systemName: string, eventName: string, version: number): string =>
  `/schemas/${encodeURIComponent(systemName)}/${encodeURIComponent(eventName)}/${version}`;

/** Any other `dataschema` is not about this registry, and says nothing. */
export const versionOfDataschema = (
  dataschema: string | null | undefined,
  { systemName, eventName }: Omit<SchemaKey, 'tenant'>,
): SaidVersion => {
  const match = dataschema === null || dataschema === undefined ? null : address.exec(dataschema);
  if (match === null) return 'none';
  return decode(match[1]!) === systemName && decode(match[2]!) === eventName ? Number(match[3]) : 'other';
};

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** Of an event as it is stored, or as it was fixed. */
export const versionOfBody = (body: string, key: Omit<SchemaKey, 'tenant'>): { readonly said: SaidVersion; readonly metadata: unknown } => {
  const event = JSON.parse(body) as {
    readonly metadata: unknown;
    readonly schema_version?: number;
    readonly cloudevent?: { readonly dataschema?: string };
  };
  const { metadata, schema_version: version, cloudevent } = event;
  return { metadata, said: version ?? versionOfDataschema(cloudevent?.dataschema, key) };
};
