// How dead letters and keys are named on the command line, and the filters that choose several.
import { InvalidArgumentError } from 'commander';
import type { Selection } from '../../recovery/job-request.ts';

export type Filters = {
  readonly processor?: string;
  readonly system?: string;
  readonly object?: string;
  readonly event?: string;
  readonly reason?: string;
  readonly all?: true;
};

/** undefined: no whole number that is kept exactly. */
const whole = (text: string | undefined) => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined);

export const letterPlace = (text: string): { processor: string; version: number; lane: number; position: number } => {
  const [, processor, ...numbers] = /^(.+)\/(\d+)\/(\d+)\/(\d+)$/.exec(text) ?? [];
  const [version, lane, position] = numbers.map(whole);
  if (processor === undefined || version === undefined || lane === undefined || position === undefined)
    throw new InvalidArgumentError('Give processor/version/lane/position, such as timelines/1/3/17.');
  return { processor, version, lane, position };
};

export const keyPlace = (text: string): { processor: string; version: number } => {
  const [, processor, number] = /^(.+)\/(\d+)$/.exec(text) ?? [];
  const version = whole(number);
  if (processor === undefined || version === undefined) throw new InvalidArgumentError('Give processor/version, such as timelines/1.');
  return { processor, version };
};

/** As the API names them. */
export const filtersOf = ({ processor, system, object, event, reason, all }: Filters): Selection => ({
  ...(processor !== undefined && { processor }),
  ...(system !== undefined && { system_name: system }),
  ...(object !== undefined && { object_id: object }),
  ...(event !== undefined && { event_name: event }),
  ...(reason !== undefined && { reason }),
  ...(all === true && { all }),
});
