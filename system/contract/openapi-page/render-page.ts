// An OpenAPI document as one page to read: no script, nothing fetched from elsewhere, nothing said that is not in the document.
import { type Html, html, nothing, prose, styleElement } from './html.ts';
import { renderSchema, renderType, type Schema } from './render-schema.ts';

type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
};

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly description?: string; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
};

type Document = {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
};

type Route = { readonly path: string; readonly method: string; readonly operation: Operation };

/** `document`: OpenAPI 3.1, made by us. */
export const renderOpenApiPage = (document: object): string => {
  const { info, paths, components } = document as Document;
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const schemas = Object.entries(components?.schemas ?? {});
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}</title>
        ${styleElement}
      </head>
      <body>
        <h1>${info.title} <span class="quiet">${info.version}</span></h1>
        <p>${prose(info.description ?? '')}</p>
        <p>The same for programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
        <nav>
          <ul>
            ${routes.map(renderEntry)}${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
          </ul>
        </nav>
        <main>${routes.map(renderRoute)}${schemas.map(renderNamed)}</main>
      </body>
    </html> `.html;
};

const anchorOf = ({ method, path }: Route): string => `${method}-${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

const titleOf = ({ method, path }: Route): Html => html`<span class="method">${method}</span> <code>${path}</code>`;

const renderEntry = (route: Route): Html =>
  html`<li><a href="#${anchorOf(route)}">${titleOf(route)}</a> ${prose(route.operation.summary ?? '')}</li>`;

const renderRoute = (route: Route): Html => {
  const { summary, description, security = [], parameters = [], requestBody, responses } = route.operation;
  return html`<section>
    <h2 id="${anchorOf(route)}"><a href="#${anchorOf(route)}">${titleOf(route)}</a></h2>
    <p>${prose(summary ?? '')}</p>
    ${description === undefined ? nothing : html`<p>${prose(description)}</p>`}
    ${scopesOf(security).map((scope) => html`<p>Asks for an API key with the scope <code>${scope}</code>, where keys are needed.</p>`)}
    ${parameters.length === 0 ? nothing : renderParameters(parameters)} ${requestBody === undefined ? nothing : renderBody(requestBody)}
    ${renderResponses(responses)}
  </section>`;
};

const scopesOf = (security: NonNullable<Operation['security']>): readonly string[] => security.flatMap((one) => Object.values(one).flat());

const table = (head: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((title) => html`<th>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

const renderParameters = (parameters: readonly Parameter[]): Html =>
  html`<h3>Parameters</h3>
    ${table(['name', 'in', 'type', 'meaning'], parameters.map(renderParameter))}`;

const renderParameter = ({ name, in: place, required = false, description = '', schema = {} }: Parameter): Html =>
  html`<tr>
    <td><code>${name}</code>${required ? '' : html` <span class="quiet">optional</span>`}</td>
    <td>${place}</td>
    <td>${renderType(schema)}</td>
    <td>${prose(description)}</td>
  </tr>`;

const renderBody = ({ description = '', content }: NonNullable<Operation['requestBody']>): Html =>
  html`<h3>Body</h3>
    <p>${prose(description)}</p>
    ${Object.entries(content).map(renderContent)}`;

const renderContent = ([type, { schema, example }]: readonly [string, Content[string]]): Html =>
  html`<p><code>${type}</code></p>
    ${schema === undefined ? nothing : renderSchema(schema)}${
      example === undefined ? nothing : html`<pre><code>${JSON.stringify(example, null, 2)}</code></pre>`
    }`;

const renderResponses = (responses: Operation['responses']): Html =>
  html`<h3>Answers</h3>
    ${table(
      ['status', 'body', 'meaning'],
      Object.entries(responses).map(
        ([status, { description, content = {} }]) =>
          html`<tr>
            <td><code>${status}</code></td>
            <td>${Object.values(content).map(({ schema = {} }) => renderAnswerType(schema))}</td>
            <td>${prose(description)}${Object.values(content).map(({ schema = {} }) => renderOwnFields(schema))}</td>
          </tr>`,
      ),
    )}`;

const renderAnswerType = (schema: Schema): Html => (schema.properties === undefined ? renderType(schema) : html`object`);

/** A named schema stands by itself, further down. */
const renderOwnFields = (schema: Schema): Html => (schema.properties === undefined ? nothing : renderSchema(schema));

const renderNamed = ([name, schema]: readonly [string, Schema]): Html =>
  html`<section>
    <h2 id="schema-${name}"><a href="#schema-${name}">${name}</a></h2>
    ${renderSchema(schema)}
  </section>`;
