// Finds the raw text of one field of a JSON object, without parsing its value.
import { membersOf, skipSpace } from './json-text.ts';

/** The last of equal keys counts, as in JSON.parse and jsonb. undefined: there is no such field. */
export const rawField = (json: string, name: string): string | undefined => {
  const found = membersOf(json, skipSpace(json, 0)).findLast(({ key }) => key === name);
  return found === undefined ? undefined : json.slice(found.valueStart, found.valueEnd);
};
