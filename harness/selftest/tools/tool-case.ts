// A tool and its proof: it says no to what is bad, and yes to a near-miss that is good. One without the other proves nothing.

export type ToolKind = 'checker' | 'traffic' | 'driver' | 'fault' | 'verdict' | 'stub';

/** What was shown to the tool, whether it said what it must, and its words. */
export type Shown = { readonly what: string; readonly asItMust: boolean; readonly said: string };

export type ToolResult = {
  readonly name: string;
  readonly kind: ToolKind;
  readonly red: Shown;
  readonly green: Shown;
  readonly seconds: number;
  /** Both halves came out as they must. */
  readonly caught: boolean;
};

export type Half = { readonly what: string; readonly show: () => Omit<Shown, 'what'> | Promise<Omit<Shown, 'what'>> };
export type ToolCase = { readonly name: string; readonly kind: ToolKind; readonly red: Half; readonly green: Half };

export const runToolCase = async ({ name, kind, red, green }: ToolCase): Promise<ToolResult> => {
  const startedAt = performance.now();
  const shown = { red: await showHalf(red), green: await showHalf(green) };
  const seconds = (performance.now() - startedAt) / 1000;
  return { name, kind, ...shown, seconds, caught: shown.red.asItMust && shown.green.asItMust };
};

/** A tool that crashes has said nothing. */
const showHalf = async ({ what, show }: Half): Promise<Shown> => {
  try {
    return { what, ...(await show()) };
  } catch (error) {
    return { what, asItMust: false, said: `it crashed: ${String(error)}` };
  }
};
