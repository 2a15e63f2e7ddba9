// The functions of line_format and label_format. Those of Loki that are not here are refused by name when the query is read.
import { conversions } from '../syntax/literals.ts';
import { compareFunctions } from './compare.ts';
import { dateFunctions } from './date-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { textFunctions } from './text-functions.ts';
import { asText } from './value.ts';
import type { TemplateValue } from './value.ts';

export type TemplateFunction = (...values: readonly TemplateValue[]) => TemplateValue;

const conversionFunctions: Readonly<Record<string, TemplateFunction>> = {
  bytes: (text) => conversions.bytes(asText(text)),
  duration: (text) => conversions.duration(asText(text)),
  duration_seconds: (text) => conversions.duration(asText(text)),
};

export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({ ...textFunctions, ...numberFunctions, ...compareFunctions, ...dateFunctions, ...conversionFunctions }),
);
