// Imports that go the wrong way, with the rule that says so.
import type { Import } from './module-graph.ts';
import { rules, type Rule } from './rules.ts';

export type Violation = { readonly edge: Import; readonly rule: Rule };

export const findViolations = (imports: readonly Import[]): readonly Violation[] =>
  imports.flatMap((edge) => rules.filter((rule) => rule.forbids(edge, imports)).map((rule) => ({ edge, rule })));

export const describeViolation = ({ edge, rule }: Violation): string =>
  `${edge.from}:${edge.line} imports ${edge.to}\n    ${rule.name}: ${rule.why}`;
