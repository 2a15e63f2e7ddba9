// An event as a consumer is given it, read from an answer without losing a digit of its body.
import { elementsOf, membersOf, skipSpace } from '../../contract/json-text.ts';

export type ConsumedEvent = {
  readonly lane: number;
  readonly position: number;
  /** Unique per event: what tells one that comes again. */
  readonly id: number;
  readonly tenant: string;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly event_time_source: 'client' | 'receipt';
  readonly received_at: string;
  readonly idempotency_key: string | null;
  readonly sequence: number | null;
  readonly traceparent: string | null;
  /** Parsed; a number with more digits than a double has lost some here. */
  readonly body: { readonly metadata: unknown } & Readonly<Record<string, unknown>>;
  /** As it came. */
  readonly bodyText: string;
};

export type Page = { readonly events: readonly ConsumedEvent[]; readonly position: number };

/** Throws where it is not an answer of the contract. */
export const readPage = (text: string): Page => {
  const { position } = JSON.parse(text) as { readonly position: unknown };
  const events = membersOf(text, skipSpace(text, 0)).find(({ key }) => key === 'events');
  if (typeof position !== 'number' || events === undefined) throw new Error('it has no events and position');
  return {
    position,
    events: elementsOf(text, events.valueStart).map(({ valueStart, valueEnd }) => readEvent(text.slice(valueStart, valueEnd))),
  };
};

const readEvent = (text: string): ConsumedEvent => {
  const body = membersOf(text, 0).find(({ key }) => key === 'body');
  if (body === undefined) throw new Error('an event has no body');
  return { ...(JSON.parse(text) as Omit<ConsumedEvent, 'bodyText'>), bodyText: text.slice(body.valueStart, body.valueEnd) };
};
