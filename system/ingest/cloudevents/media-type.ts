// What a content type says of the bytes of `data`: JSON, text, or neither.

export type DataKind = 'json' | 'text' | 'bytes';

export type MediaType = { readonly kind: DataKind; /** null: not said. */ readonly charset: string | null };

const isJson = (type: string): boolean => type === 'application/json' || type === 'text/json' || type.endsWith('+json');
const isText = (type: string): boolean => type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml');

export const readMediaType = (contentType: string): MediaType => {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return { kind: isJson(type) ? 'json' : isText(type) ? 'text' : 'bytes', charset: charset?.replaceAll('"', '') ?? null };
};

export const isUnicode = (charset: string | null): boolean => charset === null || ['utf-8', 'utf8', 'us-ascii'].includes(charset);
