// A JSON Schema as a table of its fields: name, type with bounds, what it means.
import { type Html, html, nothing, prose } from './html.ts';

export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
};

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

/** Its type in a few words, with a link where it is one of the named schemas. */
export const renderType = (schema: Schema): Html => {
  if (schema.$ref !== undefined) return html`<a href="#schema-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return join(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      ' or ',
    );
  if (schema.anyOf !== undefined) return join(schema.anyOf.map(renderType), ' or ');
  if (schema.allOf !== undefined) return join(schema.allOf.map(renderType), ' and ');
  if (schema.items !== undefined) return html`array of ${renderType(schema.items)}${bounds(schema)}`;
  const types = schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ');
  return html`${types}${schema.format === undefined ? '' : ` (${schema.format})`}${bounds(schema)}`;
};

const join = (parts: readonly Html[], between: string): Html =>
  parts.length === 0 ? nothing : parts.reduce((all, part) => html`${all}${between}${part}`);

const range = (least: number | undefined, most: number | undefined, unit: string): string => {
  if (least === undefined && most === undefined) return '';
  if (least === undefined) return `, at most ${most}${unit}`;
  return most === undefined ? `, at least ${least}${unit}` : `, ${least} to ${most}${unit}`;
};

const bounds = (schema: Schema): string =>
  [
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minimum, schema.maximum, ''),
    range(schema.minItems, schema.maxItems, ' items'),
    schema.default === undefined ? '' : `, default ${JSON.stringify(schema.default)}`,
  ].join('');

/** The fields of an object, of each of its parts, or of an array's items; what has no fields is its type and description alone. */
export const renderSchema = (schema: Schema): Html => {
  if (schema.$ref === undefined && schema.properties !== undefined) return renderFields(schema);
  const parts = schema.anyOf ?? schema.allOf ?? [];
  const inner = parts.some(hasFields)
    ? parts.map(renderSchema)
    : schema.items && hasFields(schema.items)
      ? [renderSchema(schema.items)]
      : [];
  return html`<p>${renderType(schema)}${schema.description === undefined ? '' : ': '}${prose(schema.description ?? '')}</p>
    ${inner}`;
};

const hasFields = (schema: Schema): boolean =>
  schema.properties !== undefined || [...(schema.anyOf ?? []), ...(schema.allOf ?? [])].some(hasFields);

const renderFields = ({ properties = {}, patternProperties = {}, required = [], additionalProperties }: Schema): Html => {
  const rows = [
    ...Object.entries(properties).map(([name, field]) => renderField(html`<code>${name}</code>`, field, required.includes(name))),
    ...Object.entries(patternProperties).map(([pattern, field]) => renderField(html`any other <code>${pattern}</code>`, field, false)),
  ];
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>field</th>
            <th>type</th>
            <th>meaning</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${additionalProperties === false ? html`<p class="quiet">Any other field is refused.</p>` : nothing}`;
};

const renderField = (name: Html, field: Schema, isRequired: boolean): Html =>
  html`<tr>
    <td>${name}${isRequired ? '' : html` <span class="quiet">optional</span>`}</td>
    <td>${renderType(field)}</td>
    <td>${prose(field.description ?? '')}${field.properties === undefined ? nothing : renderFields(field)}${nested(field)}</td>
  </tr>`;

const nested = (field: Schema): readonly Html[] => (field.items !== undefined && hasFields(field.items) ? [renderSchema(field.items)] : []);
