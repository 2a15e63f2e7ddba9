// Where a link leads: variables filled in, and nothing but places on the web or on this page.
import type { PanelLink } from '../field-config.ts';
import { interpolate } from '../interpolation/interpolate.ts';
import type { Scope } from '../interpolation/interpolate.ts';

/** The value that a data link is followed from. */
export type LinkContext = {
  readonly text: string;
  readonly raw: string | number | null;
  readonly atMs?: number;
  readonly seriesName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Cells of the same row by column, of a table. */
  readonly row?: Readonly<Record<string, string>>;
};

const valueReference = /\$\{__(value|field|series|data)\.([^}]+)\}/g;

/** Whether it can be followed from a panel as a whole. */
export const needsValue = ({ url, title }: PanelLink): boolean => [url, title].some((text) => text.search(valueReference) >= 0);

const labelIn = (path: string): string => /^labels(?:\.(.+)|\["(.+)"\])$/.exec(path)?.slice(1).find(Boolean) ?? '';

const lookUp = (of: string, path: string, context: LinkContext): string | undefined => {
  if (of === 'value')
    return { text: context.text, raw: String(context.raw ?? ''), numeric: String(context.raw ?? ''), time: String(context.atMs ?? '') }[
      path
    ];
  if (of === 'field') return path === 'name' ? context.seriesName : context.labels?.[labelIn(path)];
  if (of === 'series') return path === 'name' ? context.seriesName : undefined;
  return context.row?.[/^fields(?:\.(.+)|\["(.+)"\])$/.exec(path)?.slice(1).find(Boolean) ?? ''];
};

/** Only paths of this origin, http and https: a label can hold anything, `javascript:` too. */
export const safeUrl = (url: string): string | null => {
  const trimmed = url.trim();
  if (/^https?:\/\//i.test(trimmed)) return trimmed;
  return /^(?:\/(?![/\\])|[?#]|\.{1,2}\/|[\w-]+(?:[/?#.]|$))/.test(trimmed) && !/^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : null;
};

/** null: a link that must not be followed, or that needs what is not there. */
export const resolveLink = (
  link: PanelLink,
  scope: Scope,
  context?: LinkContext,
): { readonly title: string; readonly url: string } | null => {
  const fill = (text: string, encode: (value: string) => string): string =>
    interpolate(
      text.replaceAll(valueReference, (_whole, of: string, path: string) => encode((context && lookUp(of, path, context)) ?? '')),
      scope,
      encode === encodeURIComponent ? 'url' : 'text',
    );
  const url = safeUrl(fill(link.url, encodeURIComponent));
  return url === null ? null : { title: fill(link.title, (value) => value), url };
};
