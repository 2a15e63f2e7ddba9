// The disk grows by what is stored, and by no more: from the first sample of the books to the last the database grew by at most so many bytes for each event that
// was appended meanwhile, whatever was written over and over in between.
import type { BookSample } from '../history/book-sample.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'expectation/disk-bounded';
/** With fewer events the pages that tables begin with are more than what is stored. */
const leastEvents = 1000;

export const diskBounded: Check = ({ books }, parameters) => {
  const bound = numberFrom(parameters, 'bytesPerEvent');
  const sized = (books?.rows ?? []).filter((sample): sample is Sized => sample.databaseBytes !== undefined);
  const [first, last] = [sized[0], sized.at(-1)];
  if (books?.complete !== true || first === undefined || last === undefined)
    return conclude(id, 'inconclusive', 'How large the database was is not known.');
  const events = headOf(last) - headOf(first);
  if (events < leastEvents)
    return conclude(
      id,
      'inconclusive',
      `Only ${events} events were appended between the first sample and the last; ${leastEvents} are needed.`,
    );
  const bytes = last.databaseBytes - first.databaseBytes;
  const perEvent = Math.round(bytes / events);
  const summary = `The database grew by ${(bytes / 1e6).toFixed(1)} MB for ${events} events: ${perEvent} bytes each, everything counted; ${bound} are allowed.`;
  const measured = { value: perEvent, unit: 'bytes per event', bound: `<= ${bound}` };
  return conclude(id, perEvent <= bound ? 'pass' : 'fail', summary, { measured });
};

type Sized = BookSample & { readonly databaseBytes: number };

/** All processors read the same log. */
const headOf = ({ rows }: BookSample): number => {
  const [first] = rows;
  return rows.reduce(
    (sum, { processor, version, head }) => (processor === first?.processor && version === first.version ? sum + head : sum),
    0,
  );
};
