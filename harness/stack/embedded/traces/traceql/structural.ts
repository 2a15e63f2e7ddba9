// Structural operators on the spans of one trace, in time that grows with the trace alone. Spans with no root above them are related to none.
import type { Relation, StructuralOperator } from './query.ts';
import type { SpanNode } from './trace-index.ts';

type Nodes = ReadonlySet<SpanNode>;

const isPlaced = ({ left }: SpanNode): boolean => left !== 0;

const children = (of: Nodes): Nodes => new Set([...of].filter(isPlaced).flatMap((node) => node.children));

const parents = (of: Nodes): Nodes => {
  const found = new Set<SpanNode>();
  for (const node of of) if (isPlaced(node) && node.parent !== null) found.add(node.parent);
  return found;
};

const ancestors = (of: Nodes): Nodes => {
  const found = new Set<SpanNode>();
  for (const node of of) {
    if (!isPlaced(node)) continue;
    for (let parent = node.parent; parent !== null && !found.has(parent); parent = parent.parent) found.add(parent);
  }
  return found;
};

const descendants = (of: Nodes): Nodes => {
  const found = new Set<SpanNode>();
  const open = [...children(of)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...node.children);
  }
  return found;
};

/** Roots are siblings of each other. */
const siblings = (of: Nodes): Nodes => {
  const families = new Map<number, SpanNode[]>();
  for (const node of of)
    if (node.parentLeft !== 0) families.set(node.parentLeft, [...(families.get(node.parentLeft) ?? []).slice(0, 1), node]);
  const found = new Set<SpanNode>();
  const [some] = of;
  for (const node of some?.trace.nodes ?? []) {
    const family = families.get(node.parentLeft) ?? [];
    if (family.some((other) => other !== node)) found.add(node);
  }
  return found;
};

const related: Readonly<Record<Relation, (of: Nodes) => Nodes>> = {
  child: children,
  descendant: descendants,
  parent: parents,
  ancestor: ancestors,
  sibling: siblings,
};

const opposite: Readonly<Record<Relation, Relation>> = {
  child: 'parent',
  parent: 'child',
  descendant: 'ancestor',
  ancestor: 'descendant',
  sibling: 'sibling',
};

export const relate = (
  { relation, mode }: StructuralOperator,
  left: readonly SpanNode[],
  right: readonly SpanNode[],
): readonly SpanNode[] => {
  const lefts = new Set(left);
  const isRelated = related[relation](lefts);
  if (mode === 'right') return right.filter((node) => isRelated.has(node));
  if (mode === 'none') return right.filter((node) => !isRelated.has(node));
  const rights = new Set(right);
  const isBack = related[opposite[relation]](rights);
  return [...new Set([...right.filter((node) => isRelated.has(node)), ...left.filter((node) => isBack.has(node))])];
};
