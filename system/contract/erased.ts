// What stands in the place of an event whose object was erased. Positions have no gaps, so that the row stays; nothing of the event does, but its place, its key, its number and
// when it came.

/** No event of a client: what the contract demands is missing. */
export const erasedBody = '{"erased":true}';
/** In place of its name, which says something about the object too. */
export const erasedName = 'erased';

export const isErased = ({ body }: { readonly body: string }): boolean => body === erasedBody;

/** Where an object's data may be, as proofs name the places. */
export const erasurePlaces = [
  'log',
  'events',
  'timeline_entries',
  'pending_events',
  'parked_events',
  'fixed_bodies',
  'recovery_results',
  'recovery_fixes',
] as const;
/** A table of a team's own processor is a place too, under its name. */
export type OwnTableName = `own_${string}`;
export type ErasurePlace = (typeof erasurePlaces)[number] | OwnTableName;
