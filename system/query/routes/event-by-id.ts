// GET /events/{id}
import { eventColumns, eventJson, type EventRow } from '../event-row.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { eventInVersion, registryOf } from '../event-in-version.ts';
import { eventByIdAnswer, eventByIdQuery } from '../schemas/registry-schemas.ts';
import { eventPath } from '../schemas/parameters.ts';

const selectEvent = `select ${eventColumns} from events where id = $1 and tenant = $2`;

export const eventById = defineRoute({
  method: 'GET',
  url: '/events/:id',
  summary: 'One event by the id that ingest answered.',
  path: eventPath,
  query: eventByIdQuery,
  answer: eventByIdAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path: { id }, query: { as_version: version }, tenant }, database) => {
    const [row] = await database.query<EventRow>('SELECT events', selectEvent, [id, tenant]);
    if (row === undefined)
      throw notFound(`There is no event ${id} in table events. An event that was just accepted is there within seconds.`);
    return version === undefined ? eventJson(row) : eventInVersion(row, version, await registryOf(row, database));
  },
});
