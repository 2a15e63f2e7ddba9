import { expect, test } from 'vitest';
import { ingestOpenApi } from '../ingest-openapi.ts';
import { html, htmlHeaders } from './html.ts';
import { renderOpenApiPage } from './render-page.ts';
import { style } from './style.ts';

const limits = { bodyLimitBytes: 1000, batchLimitBytes: 5000, batchLimitEvents: 7 };
const document = ingestOpenApi(limits);
const page = renderOpenApiPage(document);

test('each route, parameter, media type, status and field of the document is on the page', () => {
  for (const path of Object.keys(document.paths)) expect(page).toContain(`<code>${path}</code></a>`);
  const { parameters, requestBody, responses } = document.paths['/events'].post;
  for (const { name } of parameters) expect(page).toContain(`<code>${name}</code>`);
  for (const type of Object.keys(requestBody.content)) expect(page).toContain(`<code>${type}</code>`);
  for (const status of Object.keys(responses)) expect(page).toContain(`<code>${status}</code>`);
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    expect(page).toContain(`<h2 id="schema-${name}">`);
    for (const field of Object.keys('properties' in schema ? schema.properties : {})) expect(page).toContain(`<code>${field}</code>`);
  }
});

test('the scope that a route asks for stands beside it', () => {
  expect(page.match(/with the scope <code>ingest<\/code>/g)).toHaveLength(2);
});

test('each link within the page has its end, and each id is there once', () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) expect(ids).toContain(link);
});

test('nothing is fetched from elsewhere, nothing runs, and the policy says so with the hash of the style', () => {
  expect(page).not.toMatch(/<script|<link|<img|src=|https?:|@import|url\(/i);
  expect(htmlHeaders['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}';/);
  expect(page).toContain(`<style>${style}</style>`);
});

test('what the document says is escaped', () => {
  const hostile = '<img src=x onerror="alert(1)">&\'';
  const made = renderOpenApiPage({
    info: { title: hostile, version: hostile, description: hostile },
    paths: {
      [hostile]: {
        get: {
          summary: hostile,
          parameters: [{ name: hostile, in: hostile, description: hostile }],
          responses: { [hostile]: { description: hostile } },
        },
      },
    },
    components: { schemas: { [hostile]: { properties: { [hostile]: { description: hostile, enum: [hostile] } } } } },
  });
  expect(made).not.toContain('<img');
  expect(html`${hostile}`.html).toBe('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
});
