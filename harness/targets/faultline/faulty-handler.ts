// User code that misbehaves when an event asks for it: `{"poison": "throw" | "hang" | "hang-sync"}` in its metadata. Loaded by the worker as
// the handler of timelines; for every other event it makes the same kind of summary that a team's own code would.

type HandledEvent = { readonly eventName: string; readonly body: string };
type Summary = { readonly summary: string | null };

export const handle = (event: HandledEvent): Summary | Promise<Summary> => {
  switch (poisonOf(event)) {
    case 'throw':
      throw new TypeError(`the handler cannot make sense of a ${event.eventName}`);
    case 'hang':
      return new Promise<Summary>(() => {});
    case 'hang-sync':
      return loopForever();
    default:
      return { summary: event.eventName };
  }
};

const poisonOf = (event: HandledEvent): unknown => {
  const { metadata } = JSON.parse(event.body) as { readonly metadata?: unknown };
  return typeof metadata === 'object' && metadata !== null && 'poison' in metadata ? metadata.poison : null;
};

/** Never gives the thread back: only ending the thread ends it. */
const loopForever = (): never => {
  for (;;) Math.random();
};
