/** What happened in a storm, line by line: hashed always, kept when somebody wants to read it. */
import { createHash, type Hash } from "node:crypto";

export class Trace {
  readonly #hash: Hash = createHash("sha256");
  readonly #keep: boolean;
  readonly lines: string[] = [];

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  note(line: string): void {
    this.#hash.update(line);
    this.#hash.update("\n");
    if (this.#keep) this.lines.push(line);
  }

  /** Same seed, same digest. */
  digest(): string {
    return this.#hash.copy().digest("hex").slice(0, 16);
  }
}
