// What is wrong with a template: found when it is read (the file is refused), or when it is expanded (the text says so, as in Prometheus).

export class TemplateError extends Error {
  /** Character offset into the template. */
  readonly position: number;

  constructor(text: string, position: number, message: string) {
    const before = text.slice(0, position);
    const [line, column] = [before.split('\n').length, position - before.lastIndexOf('\n')];
    super(`template ${line}:${column}: ${message}`);
    this.name = 'TemplateError';
    this.position = position;
  }
}

/** Thrown by functions, which know no position. */
export class ExpansionFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpansionFailed';
  }
}
