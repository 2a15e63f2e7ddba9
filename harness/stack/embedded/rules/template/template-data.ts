// What templates work on: Go's types as far as alerts meet them. A number is a float64, a bigint an int; that they do not compare is Go's rule.
import type { TextMap } from '../rule.ts';

export type TemplateSample = { readonly kind: 'sample'; readonly labels: TemplateMap; readonly value: number };
/** `zero`: what a key that is not there gives. */
export type TemplateMap = { readonly kind: 'map'; readonly entries: ReadonlyMap<string, TemplateValue>; readonly zero: TemplateValue };
export type TemplateList = { readonly kind: 'list'; readonly items: readonly TemplateSample[] };
/** A struct: what is no field of it is an error. */
type TemplateRoot = { readonly kind: 'root'; readonly fields: ReadonlyMap<string, TemplateValue> };

export type TemplateValue = number | bigint | string | boolean | null | TemplateSample | TemplateMap | TemplateList | TemplateRoot;

export type QueriedSample = { readonly labels: TextMap; readonly value: number };

export type TemplateData = {
  readonly labels: TextMap;
  readonly value: number;
  readonly externalLabels: TextMap;
  readonly externalUrl: string;
  readonly nowMs: number;
  /** Throws for a query that fails. */
  query(expression: string): readonly QueriedSample[];
};

export const textMap = (texts: TextMap): TemplateMap => ({ kind: 'map', entries: new Map(Object.entries(texts)), zero: '' });

/** Names that are there before the template begins. */
export const predefined = ['$', '$labels', '$externalLabels', '$externalURL', '$value'] as const;

export const initialVariables = (data: TemplateData): ReadonlyMap<string, TemplateValue> => {
  const [labels, externalLabels] = [textMap(data.labels), textMap(data.externalLabels)];
  const fields = new Map<string, TemplateValue>([
    ['Labels', labels],
    ['ExternalLabels', externalLabels],
    ['ExternalURL', data.externalUrl],
    ['Value', data.value],
  ]);
  return new Map<string, TemplateValue>([
    ['$', { kind: 'root', fields }],
    ['$labels', labels],
    ['$externalLabels', externalLabels],
    ['$externalURL', data.externalUrl],
    ['$value', data.value],
  ]);
};
