// What the page may load and ask: its own files, its own styles, and the three backends. No inline script or style, no frame, no form.
import type { PageConfig } from './logic/page-config.ts';

const originOf = (base: string): readonly string[] => (base === '' ? [] : [new URL(base).origin]);

export const contentSecurityPolicy = ({ backends }: Pick<PageConfig, 'backends'>): string => {
  const asked = [...new Set(["'self'", ...originOf(backends.prometheus), ...originOf(backends.tempo), ...originOf(backends.loki)])];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${asked.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
};
