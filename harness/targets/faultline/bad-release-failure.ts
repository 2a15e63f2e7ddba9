// How one knows what the bad release fails on: apart from the handler, which is loaded by a worker and by nobody else.
import type { BadRelease } from '../target.ts';

export const badReleaseMessage = 'the bad release cannot make sense of a';

export const badReleaseFailure: BadRelease['failsWith'] = { processor: 'timelines', reason: 'handler_threw', message: badReleaseMessage };
