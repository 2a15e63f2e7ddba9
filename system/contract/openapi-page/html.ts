// HTML from templates: every value that is put in is escaped, unless it is HTML already.
import { hash } from 'node:crypto';
import { style } from './style.ts';

export type Html = { readonly html: string };

type Value = string | number | Html | readonly Html[];

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character]!);

const toHtml = (value: Value): string => {
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
  return 'html' in value ? value.html : value.map((part) => part.html).join('');
};

export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  html: strings.map((text, index) => `${text}${index < values.length ? toHtml(values[index]!) : ''}`).join(''),
});

export const nothing: Html = { html: '' };

/** Descriptions are prose with `code` and line ends. */
export const prose = (text: string): Html => ({
  html: escape(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll('\n', '<br>'),
});

export const styleElement: Html = { html: `<style>${style}</style>` };

/** Nothing is fetched and nothing runs: the page is text with our own style. */
export const htmlHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
};
