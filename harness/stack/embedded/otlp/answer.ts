// What OTLP/HTTP answers, in the encoding of the request: an Export…ServiceResponse, or a google.rpc.Status.
import type { FastifyReply } from 'fastify';
import { messageType } from './descriptor.ts';
import type { Encoding } from './request-body.ts';

/** google.rpc.Code, as far as it is used here. */
const rpcCodes = { 400: 3, 404: 5, 405: 12, 413: 8, 415: 3, 500: 13, 503: 14 } as const;
export type ErrorStatus = keyof typeof rpcCodes;

const mediaTypes: Readonly<Record<Encoding, string>> = { json: 'application/json', protobuf: 'application/x-protobuf' };

const send = async (
  reply: FastifyReply,
  status: number,
  encoding: Encoding,
  message: string,
  body: Record<string, unknown>,
): Promise<void> => {
  const type = messageType(message);
  const payload = encoding === 'json' ? Buffer.from(JSON.stringify(body)) : Buffer.from(type.encode(type.fromObject(body)).finish());
  await reply.code(status).header('content-type', mediaTypes[encoding]).send(payload);
};

export const answerError = async (reply: FastifyReply, status: ErrorStatus, encoding: Encoding, message: string): Promise<void> =>
  send(reply, status, encoding, 'RpcStatus', { code: rpcCodes[status], message });

/** 200. With something rejected, or something to tell, `partialSuccess` says how many and why; else the message is empty. */
export const answerExport = async (
  reply: FastifyReply,
  encoding: Encoding,
  names: { readonly response: string; readonly rejected: string },
  outcome: { readonly rejected: number; readonly message: string },
): Promise<void> => {
  const partial = { [names.rejected]: String(outcome.rejected), errorMessage: outcome.message };
  const complete = outcome.rejected === 0 && outcome.message === '';
  return send(reply, 200, encoding, names.response, complete ? {} : { partialSuccess: partial });
};
