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
  /** `metadata` is name, value, name, value … */
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
  const metadata = new Map<string, string>();
  const parsed = new Map<string, string>();
  const removed = new Set<string>();

  const addMetadata = (name: string, value: string): void => {
    const kept = stream.has(name) ? `${name}_extracted` : name;
    if (kept === errorLabel) builder.error = value;
    else if (kept === errorDetailsLabel) builder.errorDetails = value;
    else metadata.set(kept, value);
  };
  const errors = (): Pair[] => [
    ...(builder.error === '' ? [] : ([[errorLabel, builder.error]] as const)),
    ...(builder.errorDetails === '' ? [] : ([[errorDetailsLabel, builder.errorDetails]] as const)),
  ];

  const builder: LabelsBuilder = {
    hints,
    error: '',
    errorDetails: '',
    start(streamLabels, structuredMetadata) {
      stream = streamLabels;
      metadata.clear();
      parsed.clear();
      removed.clear();
      hints.reset();
      builder.error = '';
      builder.errorDetails = '';
      for (let index = 0; index < structuredMetadata.length; index += 2)
        addMetadata(structuredMetadata[index]!, structuredMetadata[index + 1]!);
    },
    get: (name) => metadata.get(name) ?? parsed.get(name) ?? (removed.has(name) ? undefined : stream.get(name)),
    nameFor: (name) => (stream.has(name) || metadata.has(name) ? `${name}_extracted` : name),
    setParsed(name, value) {
      metadata.delete(name);
      if (!parsed.has(name)) hints.recordExtracted(name);
      parsed.set(name, value);
    },
    remove(name) {
      metadata.delete(name);
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
      stream: [...stream].filter(([name]) => !removed.has(name) && !metadata.has(name) && !parsed.has(name)),
      metadata: [...metadata],
      parsed: [...parsed, ...errors()],
    }),
  };
  return builder;
};
