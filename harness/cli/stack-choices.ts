// The choices about the telemetry stack on a command line: which runtime, and what is left out of it. A mistyped name is told what comes near.
import { InvalidArgumentError } from 'commander';
import { type RuntimeName, runtimeNames } from '../stack/running-stack.ts';
import type { StackPart } from '../stack/tested-versions.ts';
import { didYouMean } from './near-names.ts';

/** The others are what verdicts are made from. */
const optional: readonly StackPart[] = ['grafana'];

const isOneOf = <Name extends string>(typed: string, known: readonly Name[]): typed is Name => (known as readonly string[]).includes(typed);

export const parseRuntime = (typed: string): RuntimeName => {
  if (isOneOf(typed, runtimeNames)) return typed;
  throw new InvalidArgumentError(`There is no runtime ${typed}; there are ${runtimeNames.join(', ')}.${didYouMean(typed, runtimeNames)}`);
};

export const parseWithout = (typed: string, before: readonly StackPart[]): readonly StackPart[] => {
  if (isOneOf(typed, optional)) return [...before, typed];
  throw new InvalidArgumentError(`${typed} can't be left out; what can is ${optional.join(', ')}.${didYouMean(typed, optional)}`);
};
