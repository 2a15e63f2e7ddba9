// Dashboards without Grafana: the same JSON, drawn by a page of our own. Serves the page, its code and styles, the dashboards and the runbooks; asks nothing itself.
import type { FastifyPluginAsync } from 'fastify';
import { createBrowserCode } from './browser-code.ts';
import { createDashboardFiles } from './dashboard-files.ts';
import type { PageConfig } from './logic/page-config.ts';
import { createRunbooks } from './runbooks.ts';
import { contentSecurityPolicy } from './security-policy.ts';
import { shell } from './shell.ts';

export type PageOptions = {
  readonly config: PageConfig;
  /** Of dashboards, as files `<uid>.json`. */
  readonly dashboardsFolder?: string;
  /** Of runbooks, as files `<alert>.md`. */
  readonly runbooksFolder?: string;
};

const html = 'text/html; charset=utf-8';

export const dashboardPage: FastifyPluginAsync<PageOptions> = async (app, { config, dashboardsFolder, runbooksFolder }) => {
  const dashboards = createDashboardFiles(dashboardsFolder);
  const runbooks = createRunbooks(runbooksFolder);
  const code = createBrowserCode();
  const policy = contentSecurityPolicy(config);

  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
  });

  for (const path of ['/', '/d/:uid', '/d/:uid/:slug', '/explore', '/trace/:id'])
    app.get(path, async (_request, reply) => reply.type(html).send(shell(config)));

  app.get('/page/dashboards', async () => dashboards.list());
  app.get<{ Params: { uid: string } }>('/page/dashboards/:uid', async ({ params }, reply) => {
    const json = await dashboards.read(params.uid);
    if (json !== undefined) return reply.type('application/json').send(json);
    return reply.code(404).send({ error: `there is no dashboard ${params.uid}` });
  });
  app.get<{ Params: { name: string } }>('/runbooks/:name', async ({ params }, reply) => {
    const page = await runbooks.page(params.name.replace(/\.md$/, ''));
    return reply
      .code(page.found ? 200 : 404)
      .type(html)
      .send(page.html);
  });
  app.get<{ Params: { '*': string } }>('/page/code/*', async ({ params }, reply) => {
    const file = await code.read(params['*']);
    if (file === undefined) return reply.code(404).send({ error: 'no such file of the page' });
    return reply.type(file.type).send(file.content);
  });
};
