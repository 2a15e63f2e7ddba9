// Which dashboards there are.
import { list, record, textOf } from '../../../../dashboards/frames/api-answer.ts';
import { ask } from './ask.ts';

export type ListedDashboard = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly problem: string;
};

export const listDashboards = async (): Promise<readonly ListedDashboard[]> =>
  list(await ask('/page/dashboards', new AbortController().signal))
    .map(record)
    .map((one) => ({
      uid: textOf(one['uid']),
      title: textOf(one['title']),
      description: textOf(one['description']),
      tags: list(one['tags']).filter((tag) => typeof tag === 'string'),
      problem: textOf(one['problem']),
    }));
