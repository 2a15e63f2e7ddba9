// What a rule is before it becomes YAML. Everything that a person who is woken needs is required, so that no alert can be without it.
// A page is for user impact; a ticket for what can wait until morning; the heartbeat is for the receiver that misses it.

export type Severity = 'page' | 'ticket' | 'heartbeat';

export type AlertRule = {
  /** CamelCase, with `Faultline` in front: the name stands among those of other systems. */
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold before it fires; left out: at once. */
  readonly for?: string;
  /** How long it goes on firing after the expression stopped to hold. */
  readonly keepFiringFor?: string;
  readonly severity: Severity;
  /** Beside the severity: what tells rules of the same name apart. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** What no traffic, or no data, means to this rule; the expression makes it true. */
  readonly withoutTraffic: string;
};

export type RecordingRule = { readonly record: string; readonly expr: string };

export type RuleGroup = { readonly name: string; readonly rules: readonly (AlertRule | RecordingRule)[] };

export const isAlert = (rule: AlertRule | RecordingRule): rule is AlertRule => 'alert' in rule;

/** The `for` of a condition, where it has one. */
export const holding = (condition: { readonly for?: string }): { readonly for?: string } =>
  condition.for === undefined ? {} : { for: condition.for };
