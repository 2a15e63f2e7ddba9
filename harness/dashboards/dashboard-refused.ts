// A dashboard that is not understood: every place with what is wrong there. Half a dashboard shown as a whole one would mislead in an incident.

/** `place` leads from the dashboard to the field: `pipeline › panel 3 "Lag" › targets[0].format`. */
export type DashboardProblem = { readonly place: string; readonly message: string };

const lines = (problems: readonly DashboardProblem[]): string => problems.map(({ place, message }) => `${place}: ${message}`).join('\n');

export class DashboardRefused extends Error {
  readonly problems: readonly DashboardProblem[];

  constructor(problems: readonly DashboardProblem[]) {
    super(lines(problems));
    this.name = 'DashboardRefused';
    this.problems = problems;
  }
}
