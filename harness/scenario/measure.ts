// A quantity of a target's telemetry that a scenario may set a budget on by name. PromQL as in Budget: $run selects the run, $phase is the phase's length.

export type Measure = {
  readonly promql: string;
  readonly over: 'end' | 'every-step';
  readonly unit: string;
  /** A promise and not a speed. */
  readonly exact?: true;
  /** Each series of the answer must have a number, or the budget is not known. Without it one that has none is passed over beside others: what it counts may rest. */
  readonly eachSeries?: true;
  /** What it is, in a line of the documentation. */
  readonly means: string;
};

export type Measures = Readonly<Record<string, Measure>>;
