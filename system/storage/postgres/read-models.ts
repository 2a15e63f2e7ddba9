// The tables that a processor derives from the log alone, a row a version: what may be emptied and built anew. Not so table `events`, which others lean on, such as
// imports that look for identities in it.

const readModels: Readonly<Record<string, readonly string[]>> = { timelines: ['timeline_entries', 'timelines', 'minute_counts'] };

/** null: none that may be emptied. */
export const readModelOf = (processor: string): readonly string[] | null =>
  Object.hasOwn(readModels, processor) ? readModels[processor]! : null;
