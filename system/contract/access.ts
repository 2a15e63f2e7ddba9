// Who may do what: the scopes of keys, and for each route of each door the one that it asks for. A route that is not in here is not served.

export const scopes = ['ingest', 'read', 'operate'] as const;
export type Scope = (typeof scopes)[number];

/** What each scope is for, for the one who makes a key. */
export const scopeMeanings: Readonly<Record<Scope, string>> = {
  ingest: 'send events',
  read: 'read events, read models, dead letters and schemas of its tenant, and keep the places of its consumers',
  operate:
    'ask for recovery of its tenant’s dead letters, import its past events, change its schemas, remove its consumers, see jobs and their audit, and the state of the pipeline; erase objects of its tenant; of the default tenant: rebuild read models',
};

/** Whose requests are that come without a key, where none is needed. */
export const defaultTenant = 'default';

export const tenantPattern = '^[a-z0-9][a-z0-9._-]{0,62}$';

export type Door = 'ingest' | 'query';

/** `open`: nobody needs a key for it, and it tells nothing of any tenant. */
export type RouteNeed = Scope | 'open';

/** Method and path, with `:name` for what a request puts in; HEAD is as GET. docs/security.md is held equal to it by a test. */
export const routeNeeds = {
  ingest: {
    'POST /events': 'ingest',
    'POST /events/batch': 'ingest',
    'GET /health': 'open',
    'GET /ready': 'open',
    'GET /openapi.json': 'open',
    'GET /docs': 'open',
  },
  query: {
    'GET /events/:id': 'read',
    'GET /events': 'read',
    'GET /timelines/:system_name/:object_id': 'read',
    'GET /counts': 'read',
    'GET /dead-letters': 'read',
    'GET /dead-letters/:processor/:version/:lane/:position': 'read',
    'GET /parked-keys': 'read',
    'GET /parked-keys/:processor/:version/:system_name/:object_id': 'read',
    'POST /recovery/jobs': 'operate',
    'GET /recovery/jobs/:job': 'operate',
    'GET /recovery/audit': 'operate',
    'GET /schemas': 'read',
    'GET /schemas/:system_name/:event_name/:version': 'read',
    'GET /schema-policies': 'read',
    'GET /schema-audit': 'operate',
    'POST /schemas': 'operate',
    'POST /schemas/retire': 'operate',
    'POST /schema-policies': 'operate',
    'POST /imports': 'operate',
    'POST /imports/:name/lines': 'operate',
    'POST /imports/:name/steer': 'operate',
    'GET /imports': 'operate',
    'GET /imports/:name': 'operate',
    'GET /imports/:name/refused': 'operate',
    'POST /rebuilds': 'operate',
    'GET /rebuilds/:read_model': 'operate',
    'GET /rebuilds/comparisons/:comparison': 'operate',
    'POST /erasures': 'operate',
    'GET /erasures': 'operate',
    'GET /erasures/:erasure': 'operate',
    'GET /consumer-audit': 'operate',
    'GET /consumers': 'read',
    'GET /consumers/:consumer': 'read',
    'PUT /consumers/:consumer': 'read',
    'DELETE /consumers/:consumer': 'operate',
    'PUT /consumers/:consumer/instances/:instance': 'read',
    'DELETE /consumers/:consumer/instances/:instance': 'read',
    'POST /consumers/:consumer/checkpoints': 'read',
    'GET /consumers/:consumer/events': 'read',
    'GET /consumers/:consumer/stream': 'read',
    'GET /status': 'operate',
    'GET /health': 'open',
    'GET /ready': 'open',
    'GET /openapi.json': 'open',
    'GET /docs': 'open',
  },
} as const satisfies Readonly<Record<Door, Readonly<Record<string, RouteNeed>>>>;

/** Throws for a route that is not in the table: it names its scope there before it is served. */
export const needOf = (door: Door, method: string, path: string): RouteNeed => {
  const route = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  const needs: Readonly<Record<string, RouteNeed>> = routeNeeds[door];
  if (Object.hasOwn(needs, route)) return needs[route]!;
  throw new Error(`The route '${route}' of ${door} has no scope: name it in system/contract/access.ts.`);
};

/** In OpenAPI: how a key is sent. */
export const securitySchemes = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key (`npm run ops -- keys create`), as `Authorization: Bearer fl_…`. Needed where FAULTLINE_API_KEYS is `required`, and from the first key on; the scope that an operation asks for stands beside it.',
  },
} as const;

/** In OpenAPI: what an operation asks for. */
export const securityOf = (need: RouteNeed): readonly Readonly<Record<string, readonly string[]>>[] =>
  need === 'open' ? [] : [{ apiKey: [need] }];
