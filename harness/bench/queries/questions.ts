// What the dashboards ask of Prometheus over the stretch, as the page fills them in: opened first ("All"), and with a run and a scenario chosen; and what
// fills their variables. Two that ask the very same are one.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboardQuestions } from '../../parity/questions-of-run.ts';
import type { Question, Stretch } from '../../parity/question.ts';
import { backendOf, prometheusNames } from '../../parity/question.ts';
import { interpolate } from '../../dashboards/interpolation/interpolate.ts';
import { scopeOf } from '../../dashboards/interpolation/scope.ts';
import { loadDashboards } from '../../signals/load-dashboards.ts';
import { runLabels } from './fleet/fleet.ts';

const folder = join(fileURLToPath(new URL('../../../grafana/dashboards', import.meta.url)));

const variableQuestions = async (stretch: Stretch): Promise<readonly Question[]> => {
  const times = { ...stretch, stepMs: stretch.stepSeconds * 1_000, scrapeMs: 1_000 };
  return (await loadDashboards(folder)).flatMap(({ dashboard }) => {
    if (dashboard === null) return [];
    const scope = scopeOf(dashboard, {}, new Map(), times);
    return dashboard.variables.flatMap(({ name, source }) => {
      if (source.type !== 'query' || source.query.datasource !== 'prometheus') return [];
      const { label, selector } = source.query;
      const more: Readonly<Record<string, string>> =
        selector === undefined ? {} : { 'match[]': interpolate(selector, scope, 'prometheus') };
      const question = prometheusNames(`/api/v1/label/${encodeURIComponent(label)}/values`, stretch, more);
      return [{ ...question, askedFor: 'dashboard' as const, place: `dashboard ${dashboard.uid} › variable ${name}` }];
    });
  });
};

const isSame = (question: Question): string => `${question.path}?${new URLSearchParams(question.parameters).toString()}`;

/** One of each. */
export const distinct = (questions: readonly Question[]): readonly Question[] => [
  ...new Map(questions.map((question) => [isSame(question), question])).values(),
];

export const questionsOf = async (stretch: Stretch): Promise<readonly Question[]> => {
  const asked = await dashboardQuestions({
    folder,
    stretch,
    runId: runLabels['faultline.run'],
    scenario: runLabels['faultline.scenario'],
  });
  return distinct([...asked.filter(({ kind }) => backendOf(kind) === 'prometheus'), ...(await variableQuestions(stretch))]);
};
