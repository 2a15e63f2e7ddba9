// User code that takes ten milliseconds for each event of the objects in SLOW_OBJECTS: a hot key whose events wait for something else, such as a call to another
// system. For every other event it is as quick as a team's own code would be. Loaded by the worker as the handler of timelines.
import { setTimeout as wait } from 'node:timers/promises';

type HandledEvent = { readonly eventName: string; readonly objectId: string };
type Summary = { readonly summary: string };

const slow = new Set((process.env['SLOW_OBJECTS'] ?? '').split(','));
const slowMs = 10;

export const handle = (event: HandledEvent): Summary | Promise<Summary> =>
  slow.has(event.objectId) ? wait(slowMs, { summary: event.eventName }) : { summary: event.eventName };
