/** A stream that keeps what is written to it, for a command that runs inside the test's process. */
import { Writable } from "node:stream";

export class CollectedText extends Writable {
  text = "";

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += text;
    done();
  }
}
