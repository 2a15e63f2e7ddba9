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

/** What this machine has not; nothing was shown, and so nothing is proven. */
export type SkippedTool = { readonly name: string; readonly kind: ToolKind; readonly skipped: string };

export type Half = { readonly what: string; readonly show: () => Omit<Shown, 'what'> | Promise<Omit<Shown, 'what'>> };
export type ToolCase = {
  readonly name: string;
  readonly kind: ToolKind;
  readonly red: Half;
  readonly green: Half;
  /** It takes seconds, a database or an engine: left out where only the quick ones are wanted. */
  readonly isSlow?: boolean;
  /** It mostly waits, and measures nothing that others beside it would spoil. */
  readonly isPatient?: boolean;
  /** Why it can't be shown on this machine; null: it can. */
  readonly lacks?: () => string | null | Promise<string | null>;
};

export const runToolCase = async ({ name, kind, red, green }: ToolCase): Promise<ToolResult> => {
  const startedAt = performance.now();
  const shown = { red: await showHalf(red), green: await showHalf(green) };
  const seconds = (performance.now() - startedAt) / 1000;
  return { name, kind, ...shown, seconds, caught: shown.red.asItMust && shown.green.asItMust };
};

/** Where it can't be told what the machine has, the tool is shown, and says so itself. */
export const runOrSkip = async (tool: ToolCase): Promise<ToolResult | SkippedTool> => {
  const skipped = await Promise.try(() => tool.lacks?.() ?? null).catch(() => null);
  return skipped === null ? runToolCase(tool) : { name: tool.name, kind: tool.kind, skipped };
};

/** A tool that crashes has said nothing. */
const showHalf = async ({ what, show }: Half): Promise<Shown> => {
  try {
    return { what, ...(await show()) };
  } catch (error) {
    return { what, asItMust: false, said: `it crashed: ${String(error)}` };
  }
};
