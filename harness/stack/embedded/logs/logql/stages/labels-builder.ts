// The labels of one entry on its way through a pipeline, in three kinds: of the stream, structured metadata, and added by stages. As in Loki, what a stage
// adds hides a label of the same name, and what is read from the line under a name that the entry came with gets `_extracted` behind it.
import type { Hints } from './hints.ts';

export const errorLabel = '__error__';
export const errorDetailsLabel = '__error_details__';
export const preserveErrorLabel = '__preserve_error__';

export type Pair = readonly [name: string, value: string];

export type LabelKinds = { readonly stream: readonly Pair[]; readonly metadata: readonly Pair[]; readonly parsed: readonly Pair[] };

/** One is used for all entries of a query, one after the other. */
export type LabelsBuilder = {
  readonly hints: Hints;
  error: string;
  errorDetails: string;
  /** `metadata` is name, value, name, value …, without names of the stream. */
  start(stream: ReadonlyMap<string, string>, metadata: readonly string[]): void;
  get(name: string): string | undefined;
  /** The name under which a value that was read from the line is kept. */
  nameFor(name: string): string;
  setParsed(name: string, value: string): void;
  remove(name: string): void;
  fail(error: string, details: string): void;
  isRemoved(name: string): boolean;
  kinds(): LabelKinds;
};

export const createLabelsBuilder = (hints: Hints): LabelsBuilder => {
  let stream: ReadonlyMap<string, string> = new Map();
  let metadata: readonly string[] = [];
  /** Structured metadata that a stage has hidden or removed. */
  const gone = new Set<string>();
  const parsed = new Map<string, string>();
  const removed = new Set<string>();

  // Few names, and for most entries none is asked for: looking through them costs less than an index would.
  const metadataValue = (name: string): string | undefined => {
    for (let index = 0; index < metadata.length; index += 2) {
      if (metadata[index] === name) return gone.size > 0 && gone.has(name) ? undefined : metadata[index + 1];
    }
    return undefined;
  };
  const metadataPairs = (): Pair[] => {
    const pairs: Pair[] = [];
    for (let index = 0; index < metadata.length; index += 2) {
      if (gone.size === 0 || !gone.has(metadata[index]!)) pairs.push([metadata[index]!, metadata[index + 1]!]);
    }
    return pairs;
  };
  const errors = (): Pair[] => [
    ...(builder.error === '' ? [] : ([[errorLabel, builder.error]] as const)),
    ...(builder.errorDetails === '' ? [] : ([[errorDetailsLabel, builder.errorDetails]] as const)),
  ];
  const isHidden = (name: string): boolean => removed.has(name) || parsed.has(name);

  const builder: LabelsBuilder = {
    hints,
    error: '',
    errorDetails: '',
    start(streamLabels, structuredMetadata) {
      stream = streamLabels;
      metadata = structuredMetadata;
      gone.clear();
      parsed.clear();
      removed.clear();
      hints.reset();
      builder.error = '';
      builder.errorDetails = '';
    },
    get: (name) => parsed.get(name) ?? metadataValue(name) ?? (removed.has(name) ? undefined : stream.get(name)),
    nameFor: (name) => (stream.has(name) || metadataValue(name) !== undefined ? `${name}_extracted` : name),
    setParsed(name, value) {
      gone.add(name);
      if (!parsed.has(name)) hints.recordExtracted(name);
      parsed.set(name, value);
    },
    remove(name) {
      gone.add(name);
      parsed.delete(name);
      removed.add(name);
    },
    fail(error, details) {
      builder.error = error;
      if (details !== '') builder.errorDetails = details;
      if (hints.preservesErrors) builder.setParsed(preserveErrorLabel, 'true');
    },
    isRemoved: (name) => removed.has(name),
    kinds: () => ({
      stream: removed.size + parsed.size === 0 ? [...stream] : [...stream].filter(([name]) => !isHidden(name)),
      metadata: metadataPairs(),
      parsed: [...parsed, ...errors()],
    }),
  };
  return builder;
};
