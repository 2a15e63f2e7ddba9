// Prints docs/settings.md: node system/contract/settings-docs/print-settings.ts > docs/settings.md
import { formatSettings } from './format-settings.ts';

process.stdout.write(formatSettings());
