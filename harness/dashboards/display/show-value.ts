// A value as it is shown: mapped, or formatted in its unit; coloured by a mapping or by thresholds. No value is shown as such, never as 0.
import type { FieldConfig, Mapping, MappingResult, SpecialMatch, Thresholds } from '../field-config.ts';
import { formatValue } from '../units/units.ts';
import { colorOf } from './colors.ts';

export type Shown = {
  readonly text: string;
  /** As CSS takes it; null: the colour of text. */
  readonly color: string | null;
};

type Value = number | string | null;

const specials: Readonly<Record<SpecialMatch, (value: Value) => boolean>> = {
  true: (value) => value === 'true',
  false: (value) => value === 'false',
  null: (value) => value === null,
  nan: (value) => Number.isNaN(value),
  'null+nan': (value) => value === null || Number.isNaN(value),
  empty: (value) => value === '',
};

const applies = (mapping: Mapping, value: Value): MappingResult | undefined => {
  switch (mapping.type) {
    case 'value':
      return value !== null && Object.hasOwn(mapping.results, String(value)) ? mapping.results[String(value)] : undefined;
    case 'range':
      return typeof value === 'number' && value >= (mapping.from ?? -Infinity) && value <= (mapping.to ?? Infinity)
        ? mapping.result
        : undefined;
    case 'regex':
      return value !== null && new RegExp(mapping.pattern).test(String(value)) ? mapping.result : undefined;
    case 'special':
      return specials[mapping.match](value) ? mapping.result : undefined;
  }
};

const mapped = (value: Value, mappings: readonly Mapping[]): MappingResult | undefined => {
  for (const mapping of mappings) {
    const result = applies(mapping, value);
    if (result !== undefined) return result;
  }
  return undefined;
};

/** The step that a value has reached; percentages are of the way from min to max. */
export const thresholdColor = (value: number, { thresholds, min = 0, max = 100 }: FieldConfig): string | null => {
  if (thresholds === undefined || Number.isNaN(value)) return null;
  const measured = thresholds.mode === 'percentage' ? ((value - min) / (max - min)) * 100 : value;
  const reached = thresholds.steps.filter((step) => step.value === null || measured >= step.value).at(-1);
  return reached === undefined ? null : colorOf(reached.color);
};

/** Where thresholds are drawn: those with a value, in the unit of the field. */
export const thresholdLines = ({
  thresholds,
  min = 0,
  max = 100,
}: FieldConfig): readonly { readonly value: number; readonly color: string | null }[] =>
  (thresholds?.steps ?? []).flatMap((step) =>
    step.value === null ? [] : [{ value: inUnit(step.value, thresholds, min, max), color: colorOf(step.color) }],
  );

const inUnit = (value: number, thresholds: Thresholds | undefined, min: number, max: number): number =>
  thresholds?.mode === 'percentage' ? min + (value / 100) * (max - min) : value;

const colorFor = (value: Value, config: FieldConfig): string | null => {
  if (config.color?.mode === 'fixed' || config.color?.mode === 'shades') return colorOf(config.color.fixedColor ?? 'text');
  return typeof value === 'number' ? thresholdColor(value, config) : null;
};

const plain = (value: Value, config: FieldConfig): string => {
  if (value === null) return config.noValue ?? 'No data';
  return typeof value === 'number' ? formatValue(value, config.unit, config.decimals) : value;
};

export const showValue = (value: Value, config: FieldConfig): Shown => {
  const result = mapped(value, config.mappings ?? []);
  const color = result?.color === undefined ? colorFor(value, config) : colorOf(result.color);
  return { text: result?.text ?? plain(value, config), color: value === null && result === undefined ? null : color };
};
