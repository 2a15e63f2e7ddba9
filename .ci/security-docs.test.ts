// docs/security.md is held equal to the table of routes: a row a route, in its order, with the scope that it asks for.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routeNeeds } from '../system/contract/access.ts';

const readRows = (markdown: string) =>
  [...markdown.matchAll(/^\| (ingest|query) \| `([^`]+)` \| `?(\w+)`? \|$/gm)].map(([, door, route, need]) => [door, route, need]);

const documented = readRows(readFileSync(new URL('../docs/security.md', import.meta.url), 'utf8'));

test('the table of routes in docs/security.md is the code', () => {
  const coded = Object.entries(routeNeeds).flatMap(([door, needs]) => Object.entries(needs).map(([route, need]) => [door, route, need]));
  expect(documented).toEqual(coded);
});

test('a scope that differs would be seen', () => {
  expect(readRows('| ingest | `POST /events` | `read` |\n| query | `GET /docs` | open |')).toEqual([
    ['ingest', 'POST /events', 'read'],
    ['query', 'GET /docs', 'open'],
  ]);
});
