// The one line by which a process says that it is ready, or why it can't be: docs/process-protocol.md.

export type ReadyLine = {
  readonly eventName: string;
  /** `address`, `pid`, `instance` and what else the process says of itself. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The line's own time, by the clock of the process, in epoch milliseconds; left out where it has none. */
  readonly saidAt?: number;
};

export type Announcement =
  | { readonly kind: 'ready'; readonly line: ReadyLine }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

const parse = (line: string): Readonly<Record<string, unknown>> | null => {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // Some other output that begins with a brace.
    return null;
  }
};

/** null: a line that says neither. Any event name that ends in `.ready` or `.refused` counts. */
export const readAnnouncement = (text: string): Announcement | null => {
  const line = parse(text);
  const eventName = line?.['event_name'];
  if (line === null || typeof eventName !== 'string') return null;
  const attributes = (line['attributes'] ?? {}) as Record<string, unknown>;
  const saidAt = Date.parse(String(line['time']));
  const time = Number.isNaN(saidAt) ? {} : { saidAt };
  if (eventName.endsWith('.ready')) return { kind: 'ready', line: { eventName, attributes, ...time } };
  if (!eventName.endsWith('.refused')) return null;
  return { kind: 'refused', code: String(attributes['code']), message: String(attributes['message']) };
};
