// What structural operators and intrinsics need to know of a whole trace: its tree, its root, its length.
import type { Span } from '../../otlp/read-traces.ts';
import type { Trace } from '../trace-store.ts';

/** A span in its tree. left and right are its bounds in the nested set model, 0 where no root is above it; parentLeft is -1 for a root. */
export type SpanNode = {
  readonly span: Span;
  readonly trace: TraceIndex;
  parent: SpanNode | null;
  readonly children: SpanNode[];
  left: number;
  right: number;
  parentLeft: number;
};

export type TraceIndex = {
  readonly traceId: string;
  nodes: readonly SpanNode[];
  /** The last span without a parent; where none has come in, undefined. */
  root: Span | undefined;
  startNano: bigint;
  endNano: bigint;
};

/** Depth first, in a loop: a chain of spans may be long. */
const number = (roots: readonly SpanNode[]): void => {
  let next = 1;
  const open: { readonly node: SpanNode; child: number }[] = [];
  const enter = (node: SpanNode, parentLeft: number): void => {
    node.left = next;
    node.parentLeft = parentLeft;
    next += 1;
    open.push({ node, child: 0 });
  };
  for (const root of roots) {
    enter(root, -1);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const child = top.node.children[top.child];
      top.child += 1;
      if (child !== undefined) enter(child, top.node.left);
      else {
        top.node.right = next;
        next += 1;
        open.pop();
      }
    }
  }
};

/** A trace without a root has no tree. */
const connect = (nodes: readonly SpanNode[]): void => {
  const roots = nodes.filter(({ span }) => span.parentSpanId === '');
  if (roots.length === 0) return;
  const byId = new Map(nodes.map((node) => [node.span.spanId, node]));
  for (const node of nodes) {
    const parent = byId.get(node.span.parentSpanId);
    if (parent === undefined || parent === node) continue;
    node.parent = parent;
    parent.children.push(node);
  }
  number(roots);
};

export const indexTrace = ({ traceId, spans }: Trace): TraceIndex => {
  const trace: TraceIndex = { traceId, nodes: [], root: undefined, startNano: spans[0]?.startTimeUnixNano ?? 0n, endNano: 0n };
  trace.nodes = spans.map((span) => ({ span, trace, parent: null, children: [], left: 0, right: 0, parentLeft: 0 }));
  connect(trace.nodes);
  trace.root = spans.findLast((span) => span.parentSpanId === '');
  for (const span of spans) {
    if (span.startTimeUnixNano < trace.startNano) trace.startNano = span.startTimeUnixNano;
    if (span.endTimeUnixNano > trace.endNano) trace.endNano = span.endTimeUnixNano;
  }
  return trace;
};
