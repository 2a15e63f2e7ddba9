// A function call: to the family that the function belongs to.
import type { CallNode } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateVector } from '../engine/context.ts';
import type { Value } from '../engine/value.ts';
import { createColumn, scalarOf, setPoint, timeAtStep, vectorOf } from '../engine/value.ts';
import { noLabels } from '../labels.ts';
import { callHistogramFunction } from './call-histogram.ts';
import { callLabelFunction } from './call-label.ts';
import { callRangeFunction, isRangeFunction } from './call-range.ts';
import { callVectorFunction, mapElements } from './call-vector.ts';
import { dateFunctions } from './date.ts';
import { mathFunctions } from './math.ts';

const stepSeconds = (context: Context): Float64Array =>
  Float64Array.from({ length: context.grid.steps }, (_, step) => timeAtStep(context.grid, step) / 1000);

/** Without an argument, of the time of the step. */
const callDate = (call: CallNode, context: Context): Value => {
  const run = dateFunctions[call.name]!;
  const [argument] = call.arguments;
  if (argument !== undefined) return mapElements(evaluateVector(argument, context), run);
  const column = createColumn(noLabels, context.grid.steps);
  stepSeconds(context).forEach((seconds, step) => setPoint(column, step, run(seconds)));
  return vectorOf([column]);
};

export const callFunction = (call: CallNode, context: Context): Value => {
  const { name } = call;
  if (name === 'time') return scalarOf(stepSeconds(context));
  if (name === 'pi') return scalarOf(new Float64Array(context.grid.steps).fill(Math.PI));
  if (isRangeFunction(name)) return callRangeFunction(call, context);
  if (Object.hasOwn(mathFunctions, name)) return mapElements(evaluateVector(call.arguments[0]!, context), mathFunctions[name]!);
  if (Object.hasOwn(dateFunctions, name)) return callDate(call, context);
  if (name === 'histogram_quantile' || name === 'histogram_fraction') return callHistogramFunction(call, context);
  if (name === 'label_replace' || name === 'label_join') return callLabelFunction(call, context);
  const value = callVectorFunction(call, context);
  if (value === null) throw new Error(`${name} has a signature but no implementation`);
  return value;
};
