/** Remembers what a file was parsed to, so that one that did not change is not parsed again before each run. */

/** More files than one configuration has; several connections of one process may each have their own. */
const MOST = 64;

/** One memory for one kind of answer. What it gives must not be changed by whoever gets it. */
export class ParsedFiles<Answer> {
  readonly #answers = new Map<string, { readonly shape: object; readonly text: string; readonly answer: Answer }>();

  /** The last answer for this file where its text and its shape are as they were; otherwise a new one. The file that was asked for longest ago is forgotten. */
  of(file: string, text: string, shape: object, parse: () => Answer): Answer {
    const known = this.#answers.get(file);
    const isKnown = known !== undefined && known.text === text && known.shape === shape;
    const answer = isKnown ? known.answer : parse();
    this.#answers.delete(file);
    this.#answers.set(file, { shape, text, answer });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }
}
