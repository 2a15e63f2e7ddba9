// A stable name for what a request ended with where it was no answer: undici's own codes, and else those of the system.
import { codeOfError } from '../../drivers/classify.ts';

export const givenUp = (): Error => Object.assign(new Error('no answer within the time allowed'), { code: 'FAULTLINE_TIMEOUT' });

export const errorName = (error: Error): string => {
  switch ((error as { code?: unknown }).code) {
    case 'UND_ERR_SOCKET':
      return 'client_connection_reset';
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'client_connect_timeout';
    default:
      return codeOfError(error);
  }
};
