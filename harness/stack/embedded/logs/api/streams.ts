// Log lines as Loki groups them: by all their labels, or, with the flag categorize-labels, by those of their stream with the rest beside each line.
import type { LogLine } from '../logql/log-lines.ts';
import type { Pair } from '../logql/stages/labels-builder.ts';

export const categorizeFlag = 'categorize-labels';

type Value = readonly [atNano: string, line: string] | readonly [atNano: string, line: string, labels: object];

export type AnsweredStream = { readonly stream: Readonly<Record<string, string>>; readonly values: Value[] };

const recordOf = (pairs: readonly Pair[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));

const categories = ({ labels }: LogLine): object => ({
  ...(labels.metadata.length === 0 ? {} : { structuredMetadata: recordOf(labels.metadata) }),
  ...(labels.parsed.length === 0 ? {} : { parsed: recordOf(labels.parsed) }),
});

/** In the order of their labels; lines in the order given. */
export const groupStreams = (lines: readonly LogLine[], categorized: boolean): readonly AnsweredStream[] => {
  const groups = new Map<string, AnsweredStream>();
  for (const line of lines) {
    const { stream, metadata, parsed } = line.labels;
    const labels = recordOf(categorized ? stream : [...stream, ...metadata, ...parsed]);
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { stream: labels, values: [] };
    if (group.values.length === 0) groups.set(key, group);
    const [atNano, text] = [String(line.atNano), line.line];
    group.values.push(categorized ? [atNano, text, categories(line)] : [atNano, text]);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, group]) => group);
};
