// Prints docs/signals.md: node system/telemetry/print-catalogue.ts > docs/signals.md
import { formatCatalogue } from './format-catalogue.ts';

process.stdout.write(formatCatalogue());
