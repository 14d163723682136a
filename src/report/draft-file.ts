/** Writes a file beside the one that it will replace: the new one appears whole or not at all. */
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { StopRun } from "../core/errors.ts";

const BUFFER = 1 << 20;

/** One file under way. What the disk refuses is a StopRun that names the path. */
export class DraftFile {
  readonly #path: string;
  readonly #draft: string;
  readonly #handle: FileHandle;
  readonly #encoder = new TextEncoder();
  /** One is filled while the other is written. */
  #filling = new Uint8Array(BUFFER);
  #spare = new Uint8Array(BUFFER);
  #length = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, draft: string, handle: FileHandle) {
    this.#path = path;
    this.#draft = draft;
    this.#handle = handle;
  }

  static async open(path: string): Promise<DraftFile> {
    const draft = `${path}.part`;
    return new DraftFile(path, draft, await orStop(path, open(draft, "w")));
  }

  /** Adds text at the end. */
  async add(text: string): Promise<void> {
    let rest = text;
    while (rest !== "") {
      const { read, written } = this.#encoder.encodeInto(rest, this.#filling.subarray(this.#length));
      this.#length += written;
      if (read === rest.length) return;
      await this.#flush();
      rest = rest.slice(read);
    }
  }

  /** Adds bytes at the end, which may be used for something else afterwards. */
  async addBytes(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const piece = bytes.subarray(done, done + BUFFER - this.#length);
      this.#filling.set(piece, this.#length);
      this.#length += piece.length;
      done += piece.length;
      if (done < bytes.length) await this.#flush();
    }
  }

  /** Puts the file in its place, and gives its path. */
  async finish(): Promise<string> {
    await this.#flush();
    await this.#writing;
    await orStop(this.#path, this.#handle.close());
    await orStop(this.#path, rename(this.#draft, this.#path));
    return this.#path;
  }

  /** No such file is wanted after all: what was there goes too. */
  async giveUp(): Promise<void> {
    await this.drop();
    await orStop(this.#path, rm(this.#path, { force: true }));
  }

  /** Leaves what was there as it was. Harmless after `finish`. */
  async drop(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close().catch(() => undefined);
    await rm(this.#draft, { force: true });
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const full = this.#filling.subarray(0, this.#length);
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#length = 0;
    this.#writing = orStop(this.#path, writeAll(this.#handle, full));
    // Waited for before the next one; a failure that comes before that must not end the process.
    this.#writing.catch(() => undefined);
  }
}

/** Writes a whole file at once. */
export async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
  const file = await DraftFile.open(path);
  try {
    for (const piece of pieces) await file.add(piece);
    await file.finish();
  } finally {
    await file.drop();
  }
}

/** Makes the folder and those above it. */
export async function makeFolder(folder: string): Promise<void> {
  await orStop(folder, mkdir(folder, { recursive: true }));
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await handle.write(bytes, done)).bytesWritten;
}

async function orStop<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    throw new StopRun(
      `${path} could not be written (${cause instanceof Error ? cause.message : String(cause)}); choose another folder, the report that was there is untouched`,
      { cause },
    );
  }
}
