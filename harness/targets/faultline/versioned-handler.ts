// User code that reads the second version of each event alone, whatever version it came as: it throws for any other form. Loaded by the worker as the handler of
// timelines where a scenario has schemas.
import { eventNames } from '../../traffic/plan-events.ts';
import { systems } from '../../traffic/keys.ts';

type HandledEvent = { readonly eventName: string; readonly body: string };

export const reads = systems.flatMap((system_name) => eventNames.map((event_name) => ({ system_name, event_name, version: 2 })));

export const handle = ({ eventName, body }: HandledEvent): { readonly summary: string } => {
  const { metadata } = JSON.parse(body) as { readonly metadata: Readonly<Record<string, unknown>> };
  if (typeof metadata['sold_by'] !== 'string' || 'channel' in metadata)
    throw new TypeError('the event is not of the version that was asked for');
  return { summary: eventName };
};
