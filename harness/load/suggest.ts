// How a mistyped name is answered: ` Did you mean p99?`, or nothing. The command line brings its own; who needs none passes nothing.
export type Suggest = (typed: string, known: readonly string[]) => string;

export const suggestNothing: Suggest = () => '';
