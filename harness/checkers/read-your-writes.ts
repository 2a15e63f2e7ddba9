// Where a target promises it: a read of `kind` that is sent after a write's 2xx shows that write, at once.
import { type Check, textFrom } from './check.ts';
import { missedWrites } from './reads/missed-writes.ts';

export const readYourWrites: Check = (run, parameters) => {
  const promised = textFrom(parameters, 'kind');
  return missedWrites(run, { id: 'expectation/read-your-writes', allowedMs: 0, of: ({ kind }) => kind === promised });
};
