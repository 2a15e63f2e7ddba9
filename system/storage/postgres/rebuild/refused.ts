// What ends an operator's request without anything done, told to whoever asked.
export class Refused extends Error {
  /** About which version. */
  readonly version: number;

  constructor(version: number, reason: string) {
    super(reason);
    this.name = 'Refused';
    this.version = version;
  }
}
