// What a rule file holds, once it is read and found right. Times are milliseconds; labels of the group are in each rule already.

export type TextMap = Readonly<Record<string, string>>;

export type RecordingRule = {
  readonly kind: 'recording';
  readonly name: string;
  readonly expression: string;
  readonly labels: TextMap;
};

export type AlertingRule = {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expression: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Values are templates. */
  readonly labels: TextMap;
  readonly annotations: TextMap;
};

export type Rule = RecordingRule | AlertingRule;

export type RuleGroup = {
  readonly name: string;
  readonly file: string;
  /** null: the interval that the process was started with. */
  readonly intervalMs: number | null;
  /** How far in the past its rules look. */
  readonly queryOffsetMs: number;
  /** Alerts, or series, that one rule may give; 0: any number. */
  readonly limit: number;
  readonly rules: readonly Rule[];
};

export const alertName = 'alertname';
