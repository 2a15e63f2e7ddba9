// Prints docs/harness-signals.md: node harness/narration/print-harness-signals.ts > docs/harness-signals.md
import { formatHarnessSignals } from './format-harness-signals.ts';

process.stdout.write(formatHarnessSignals());
