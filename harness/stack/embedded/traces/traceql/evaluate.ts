// A pipeline of TraceQL on one trace: which spansets it leaves. Semantics of Tempo's pkg/traceql/ast_execute.go.
import { QueryRefused } from '../../query-refused.ts';
import { aggregate } from './aggregate.ts';
import { askedTypes } from './asked-types.ts';
import type { AskedTypes } from './asked-types.ts';
import { compileCondition, compileField } from './compile-field.ts';
import { aggregateText, fieldText } from './field-text.ts';
import { operate } from './operate.ts';
import type { Spanset, Stage } from './query.ts';
import { relate } from './structural.ts';
import type { SpanNode, TraceIndex } from './trace-index.ts';
import { nil, valueKey } from './value.ts';
import type { Value } from './value.ts';

/** Spans that were selected together, and what by() and aggregates say of them. */
export type FoundSet = { readonly nodes: readonly SpanNode[]; readonly attributes: readonly (readonly [string, Value])[] };

type Run = (sets: readonly FoundSet[]) => readonly FoundSet[];

const withNodes = (set: FoundSet, nodes: readonly SpanNode[]): readonly FoundSet[] => (nodes.length === 0 ? [] : [{ ...set, nodes }]);

const union = (left: readonly FoundSet[], right: readonly FoundSet[]): readonly SpanNode[] => [
  ...new Set([...left, ...right].flatMap(({ nodes }) => nodes)),
];

const onlyNodes = (sets: readonly FoundSet[]): readonly SpanNode[] => {
  if (sets.length > 1)
    throw new QueryRefused('', 0, 'spanset operators are not supported for multiple spansets per trace. consider using coalesce()');
  return sets[0]?.nodes ?? [];
};

const eachSet =
  (run: (set: FoundSet) => readonly FoundSet[]): Run =>
  (sets) =>
    sets.flatMap(run);

const compileSpanset = (spanset: Spanset, asked: AskedTypes): Run => {
  if (spanset.kind === 'pipeline') return compileStages(spanset.stages, asked);
  if (spanset.kind === 'filter') {
    const meets = compileCondition(spanset.condition, asked);
    return eachSet((set) => withNodes(set, set.nodes.filter(meets)));
  }
  const left = compileSpanset(spanset.left, asked);
  const right = compileSpanset(spanset.right, asked);
  return eachSet((set) => {
    const lefts = left([set]);
    if (spanset.kind === 'and' && lefts.length === 0) return [];
    const rights = right([set]);
    if (spanset.kind === 'structural' && rights.length === 0) return [];
    if (spanset.kind === 'structural') return withNodes(set, relate(spanset.operator, onlyNodes(lefts), onlyNodes(rights)));
    return spanset.kind === 'and' && rights.length === 0 ? [] : withNodes(set, union(lefts, rights));
  });
};

const compileGroup = ({ field }: Stage & { kind: 'by' }, asked: AskedTypes): Run => {
  const read = compileField(field, asked);
  const name = `by(${fieldText(field)})`;
  return eachSet((set) => {
    const groups = new Map<string, { value: Value; nodes: SpanNode[] }>();
    for (const node of set.nodes) {
      const value = read(node);
      const group = groups.get(valueKey(value)) ?? { value, nodes: [] };
      groups.set(valueKey(value), group);
      group.nodes.push(node);
    }
    return [...groups.values()].map(({ value, nodes }) => ({ nodes, attributes: [...set.attributes, [name, value] as const] }));
  });
};

const compileScalarFilter = (stage: Stage & { kind: 'scalar-filter' }, asked: AskedTypes): Run => {
  const { operator, operand } = stage.aggregate;
  const read = operand === null ? () => nil : compileField(operand, asked);
  const name = aggregateText(stage.aggregate);
  return eachSet((set) => {
    const value = aggregate(operator, set.nodes, read);
    if (value === null) return [];
    const holds = operate(stage.operator, value, stage.value, null);
    return holds.type === 'boolean' && holds.value ? [{ ...set, attributes: [...set.attributes, [name, value] as const] }] : [];
  });
};

const coalesce: Run = (sets) => [{ nodes: sets.flatMap(({ nodes }) => nodes), attributes: [] }];

const compileStage = (stage: Stage, asked: AskedTypes): Run => {
  switch (stage.kind) {
    case 'by':
      return compileGroup(stage, asked);
    case 'scalar-filter':
      return compileScalarFilter(stage, asked);
    case 'coalesce':
      return coalesce;
    case 'select':
      return (sets) => sets;
    default:
      return compileSpanset(stage, asked);
  }
};

const compileStages = (stages: readonly Stage[], asked: AskedTypes): Run => {
  const runs = stages.map((stage) => compileStage(stage, asked));
  return (sets) => {
    let found = sets;
    for (const run of runs) {
      found = run(found);
      if (found.length === 0) return [];
    }
    return found;
  };
};

/** Empty: the trace does not match. */
export const compilePipeline = (stages: readonly Stage[]): ((trace: TraceIndex) => readonly FoundSet[]) => {
  const run = compileStages(stages, askedTypes(stages));
  return (trace) => run([{ nodes: trace.nodes, attributes: [] }]);
};
