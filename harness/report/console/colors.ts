// Colours where the terminal takes them; NO_COLOR and pipes get plain text.
import { createColors } from 'picocolors';
import type { Verdict } from '../../engine/verdict.ts';

export type Colors = ReturnType<typeof createColors>;

export const colorsFor = (out: { readonly isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): Colors =>
  createColors(out.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb');

export const painted = (colors: Colors, verdict: Verdict | 'error', text: string = verdict): string => {
  switch (verdict) {
    case 'pass':
      return colors.green(text);
    case 'fail':
    case 'error':
      return colors.red(text);
    case 'inconclusive':
      return colors.yellow(text);
  }
};
