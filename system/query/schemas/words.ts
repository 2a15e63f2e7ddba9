// The words of which the parameters and answers of the query API are made.
import { type TProperties, type TSchema, Type } from 'typebox';
import { eventLimits } from '../../contract/event-limits.ts';

export const longestProcessorCharacters = 128;
export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
export const count = (description?: string) => Type.Integer({ minimum: 0, ...(description !== undefined && { description }) });
export const signed = (description: string) => Type.Integer({ description });
export const time = () => Type.String({ format: 'date-time', description: 'RFC 3339, UTC.' });
export const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
export const systemName = (description: string) => text(eventLimits.systemNameCharacters, description);
export const objectId = (description: string) => text(eventLimits.objectIdCharacters, description);
export const eventName = (description: string) => text(eventLimits.eventNameCharacters, description);
export const strict = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
export const whole = (description: string) => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });
export const nextCursor = nullable(Type.String({ description: 'Give it as `cursor` for the next page; null on the last.' }));
export const keyOf = { processor: Type.String(), version: count(), lane: count() };
export const keyState = Type.Union([Type.Literal('retrying'), Type.Literal('parked')]);
