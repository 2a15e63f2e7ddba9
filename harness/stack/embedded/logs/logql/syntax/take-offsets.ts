// Takes `offset 5m` out of a query, which may stand behind each [range]: the grammar does not know it in all the places where Loki does.

export type Offset = { readonly text: string; readonly from: number };

export type WithoutOffsets = {
  /** Of the same length: positions stay. */
  readonly text: string;
  /** By the end of the range before it. */
  readonly offsets: ReadonlyMap<number, Offset>;
};

const token = /"(?:[^"\\]|\\[^])*"|`[^`]*`|#[^\n]*|\](\s*offset\s+)(-?[\d.a-zµμ]+)/giu;

export const takeOffsets = (query: string): WithoutOffsets => {
  const offsets = new Map<number, Offset>();
  const text = query.replaceAll(token, (whole, gap: string | undefined, duration: string | undefined, at: number) => {
    if (gap === undefined || duration === undefined) return whole;
    offsets.set(at + 1, { text: duration, from: at + 1 + gap.length });
    return `]${' '.repeat(whole.length - 1)}`;
  });
  return { text, offsets };
};
