// Puts a key's scope before every route of a Fastify server: each route by the one table, and a route that is not in it is not served.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Door, needOf, type RouteNeed } from '../contract/access.ts';
import type { Access, AccessKeys, AccessRefusal } from './access-keys.ts';
import { bearerKey } from './bearer-key.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. null on a route that is open, and where there is no route. */
    access: Access | null;
  }
  interface FastifyContextConfig {
    need?: RouteNeed;
  }
}

export type GuardOptions = {
  readonly door: Door;
  readonly keys: Pick<AccessKeys, 'demand'>;
  /** Answers, in the door's own way; the headers of the refusal are set already. */
  readonly refuse: (request: FastifyRequest, reply: FastifyReply, refusal: AccessRefusal) => unknown;
};

/** Before any route is added; and after hooks that measure, so that a refusal is measured too. Before the body is read. */
export const guardRoutes = (server: FastifyInstance, { door, keys, refuse }: GuardOptions): void => {
  server.decorateRequest('access', null);
  server.addHook('onRoute', (route) => {
    const needs = new Set([route.method].flat().map((method) => needOf(door, method, route.url)));
    if (needs.size > 1) throw new Error(`The methods of ${route.url} ask for different scopes: add a route for each.`);
    route.config = { ...route.config, need: [...needs][0]! };
  });
  server.addHook('onRequest', (request, reply, done) => {
    const need = request.routeOptions.config.need ?? 'open';
    if (need === 'open') return done();
    const settle = (judged: Access | AccessRefusal): void => {
      // The client left while its key was looked up: what is taken for it from here on would be given back by nobody.
      if (reply.raw.destroyed) return;
      if ('refused' in judged) {
        if (judged.refused !== 'storage_unavailable') reply.header('www-authenticate', challengeOf(judged, need));
        refuse(request, reply, judged);
      } else {
        request.access = judged;
        done();
      }
    };
    const judged = keys.demand(bearerKey(request.headers.authorization), need);
    if (judged instanceof Promise) void judged.then(settle);
    else settle(judged);
  });
};

/** RFC 6750, 3. */
const challengeOf = ({ refused }: AccessRefusal, need: RouteNeed): string =>
  refused === 'forbidden' ? `Bearer realm="faultline", error="insufficient_scope", scope="${need}"` : 'Bearer realm="faultline"';

/** Of a request on a route that asks for a scope: a request without was not let in. */
export const accessOf = ({ access, routeOptions }: FastifyRequest): Access => {
  if (access === null) throw new Error(`The route ${routeOptions.url} is open, and so its requests are nobody's.`);
  return access;
};
