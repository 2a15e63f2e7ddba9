// Where metrics go. Until the metric store is here they are counted and not kept: every question about them is refused by name.
import { countPoints } from './otlp/count-points.ts';
import type { MetricBackend } from './stack.ts';

export const metricBackend = (): MetricBackend => {
  let dropped = 0;
  return {
    sink(request) {
      const services = countPoints(request);
      const points = [...services.values()].reduce((sum, count) => sum + count, 0);
      dropped += points;
      return { accepted: points, rejected: 0, message: '', services };
    },
    api: async (app) => {
      app.get('/api/v1/query', async (_request, reply) =>
        reply.code(503).send({ status: 'error', errorType: 'unavailable', error: 'this build has no metric store' }),
      );
    },
    report: () => ({ dropped }),
  };
};
