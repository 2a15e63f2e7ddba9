// The configuration of one field (a series, a column): the panel's defaults, with each override that matches laid over them in order.
import type { FieldConfig, FieldMatcher } from '../field-config.ts';
import type { Panel } from '../panel.ts';

export type FieldId = { readonly name: string; readonly refId: string; readonly kind: string };

const asRegex = (text: string): RegExp => new RegExp(/^\/(.*)\/$/s.exec(text)?.[1] ?? text);

const matches = ({ by, wanted }: FieldMatcher, field: FieldId): boolean => {
  switch (by) {
    case 'name':
      return field.name === wanted;
    case 'regexp':
      return asRegex(wanted).test(field.name);
    case 'refId':
      return field.refId === wanted;
    case 'type':
      return field.kind === wanted;
  }
};

const over = (below: FieldConfig, above: FieldConfig): FieldConfig => ({ ...below, ...above, style: { ...below.style, ...above.style } });

export const fieldFor = ({ defaults, overrides }: Pick<Panel, 'defaults' | 'overrides'>, field: FieldId): FieldConfig =>
  overrides.filter(({ matcher }) => matches(matcher, field)).reduce((config, override) => over(config, override.config), defaults);
