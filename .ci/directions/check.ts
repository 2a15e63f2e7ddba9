// Gate: `node .ci/directions/check.ts [root]`. Exit 1 with each import that goes the wrong way; also where there was nothing to look at.
import { resolve } from 'node:path';
import { describeViolation, findViolations } from './find-violations.ts';
import { readImports } from './module-graph.ts';

const root = resolve(process.argv[2] ?? '.');
const imports = await readImports(root, ['system', 'harness', 'scenarios', 'grafana']);
const violations = findViolations(imports);

for (const violation of violations) console.log(describeViolation(violation));
console.log(`${imports.length} imports, ${violations.length} in the wrong direction`);
// A gate that saw nothing has proven nothing.
process.exitCode = violations.length > 0 || imports.length === 0 ? 1 : 0;
