// Two doors, two ports: who knocks at the wrong one is told which is right.
import { type Door, routeNeeds } from './access.ts';

const words: Readonly<Record<Door, string>> = {
  ingest: 'Events are sent to the ingest process, which has an address of its own.',
  query: 'That is asked of the query process, which has an address of its own.',
};

/** What to add to a refusal of `door`; empty where no other door has that route. */
export const hintOfOtherDoor = (door: Door, method: string, path: string): string => {
  const other: Door = door === 'ingest' ? 'query' : 'ingest';
  return matches(other, method, path) && !matches(door, method, path) ? ` ${words[other]}` : '';
};

const matches = (door: Door, method: string, path: string): boolean =>
  Object.keys(routeNeeds[door]).some((route) => {
    const [known, pattern = ''] = route.split(' ');
    const parts = pattern.split('/');
    const given = path.split('/');
    return known === method && parts.length === given.length && parts.every((part, at) => part.startsWith(':') || part === given[at]);
  });
