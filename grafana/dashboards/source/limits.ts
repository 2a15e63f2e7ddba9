// Where a panel turns orange and red. A panel of plain traffic has no limit: all of it is as good as any.
import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** From these values up; `below` turns it round: too little is what hurts. */
export type Limits = { readonly orange?: number; readonly red?: number; readonly below?: boolean };

export const thresholdsOf = ({ orange, red, below = false }: Limits): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(below ? falling(orange, red) : rising(orange, red));

const base = (color: string): Threshold => ({ value: null, color });

const rising = (orange?: number, red?: number): Threshold[] => [
  base('green'),
  ...(orange === undefined ? [] : [{ value: orange, color: 'orange' }]),
  ...(red === undefined ? [] : [{ value: red, color: 'red' }]),
];

/** Red below `red`, orange below `orange`: the lowest step is the worst. */
const falling = (orange?: number, red?: number): Threshold[] => [
  base('red'),
  ...(orange === undefined || red === undefined ? [] : [{ value: red, color: 'orange' }]),
  { value: orange ?? red ?? 0, color: 'green' },
];
