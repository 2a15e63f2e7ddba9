// Regular expressions of LogQL: in each place another part of a value, and another meaning of the dot. All throw for what Go would not take.
import { compileForm } from '../../promql/compile-regex.ts';

/** The whole value, `.` also for a line break: a matcher of a selector. */
export const compileMatcherRegex = (pattern: string): RegExp => compileForm(pattern, { isWhole: true, dotAll: true });

/** Anywhere in the line. */
export const compileLineRegex = (pattern: string): RegExp => compileForm(pattern, { isWhole: false });

/** The whole value of a label in a pipeline, where `.` stops at a line break. */
export const compileLabelRegex = (pattern: string): RegExp => compileForm(pattern, { isWhole: true });

export const compileGlobalRegex = (pattern: string): RegExp => compileForm(pattern, { isWhole: false, flags: 'g' });
