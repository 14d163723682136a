/** A copy of the shipped configuration that a test may break, and the issues it then has. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Loaded, loadConfig } from "../../src/config/load-config.ts";
import { ConfigInvalid, type ConfigIssue } from "../../src/core/errors.ts";

export class ConfigFolder {
  readonly root: string;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), "leadloop-config-"));
    for (const folder of ["mappings", "config"]) cpSync(folder, join(this.root, folder), { recursive: true });
  }

  path(file: string): string {
    return join(this.root, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  /** Replaces the first `from`, which must be there. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  remove(file: string): void {
    rmSync(this.path(file), { recursive: true });
  }

  load(): Loaded {
    return loadConfig({ mappingsFolder: this.path("mappings"), configFolder: this.path("config") });
  }

  /** The issues, with file names relative to the folder; none when it loads. */
  issues(): readonly ConfigIssue[] {
    try {
      this.load();
      return [];
    } catch (error) {
      if (!(error instanceof ConfigInvalid)) throw error;
      const local = (text: string): string => text.replaceAll(`${this.root}/`, "");
      return error.issues.map((issue) => ({ ...issue, file: local(issue.file), message: local(issue.message) }));
    }
  }

  /** The issues as they are printed, each on one line. */
  lines(): readonly string[] {
    return this.issues().map(
      ({ file, line, column, path, message }) => `${file}:${line}:${column}  ${path}: ${message}`,
    );
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
