/** Runs a packaged function from its zip as Lambda does: a process of its own, one event at a time, frozen in between, killed when its time is up. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export interface PackagedFunctionOptions {
  readonly zip: string;
  /** As in serverless.yml: `dist/sync-handler.handler`. */
  readonly handler: string;
  /** The function's variables; of this process's own, it gets none. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface Invocation {
  readonly outcome: "answered" | "failed" | "timed-out";
  /** What the handler gave back, or the error with errorType and errorMessage; null after a time-out. */
  readonly answer: unknown;
  readonly ms: number;
  /** Milliseconds from the start of the process until it asked for its first event, where this invocation had to start one. */
  readonly coldStartMs: number | null;
  /** What the function wrote to its log meanwhile. */
  readonly log: string;
}

interface Waiting {
  readonly event: unknown;
  readonly id: string;
  readonly deadline: number;
  readonly settle: (outcome: Invocation["outcome"], answer: unknown) => void;
}

const repository = resolve(import.meta.dirname, "../..");

export class PackagedFunction {
  readonly #options: PackagedFunctionOptions;
  readonly #folder: string;
  readonly #server: Server;
  #process: ChildProcess | null = null;
  #startedAt = 0;
  #coldStartMs: number | null = null;
  #poll: ServerResponse | null = null;
  #waiting: Waiting | null = null;
  #log = "";

  private constructor(options: PackagedFunctionOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Unpacks the zip. Beside it lies what the runtime brings along: the AWS SDK, and nothing else. */
  static async open(options: PackagedFunctionOptions): Promise<PackagedFunction> {
    const folder = mkdtempSync(join(tmpdir(), "leadloop-function-"));
    await promisify(execFile)("unzip", ["-q", options.zip, "-d", join(folder, "task")]);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(repository, "node_modules/@aws-sdk"), join(folder, "node_modules/@aws-sdk"));
    const opened = new PackagedFunction(options, folder);
    await new Promise<void>((listening) => opened.#server.listen(0, "127.0.0.1", listening));
    return opened;
  }

  /** One event at a time, as one environment of Lambda takes them. */
  async invoke(event: unknown): Promise<Invocation> {
    const logFrom = this.#log.length;
    const cold = this.#process === null;
    if (cold) this.#start();
    else this.#process?.kill("SIGCONT");
    const began = performance.now();
    const { timeoutMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const settled = await new Promise<{ outcome: Invocation["outcome"]; answer: unknown }>((resolved) => {
      this.#waiting = {
        event,
        id: randomUUID(),
        deadline: Date.now() + timeoutMs,
        settle: (outcome, answer) => resolved({ outcome, answer }),
      };
      // Initialisation has ten seconds of its own on Lambda; here it counts, which is stricter.
      timer = setTimeout(() => resolved({ outcome: "timed-out", answer: null }), timeoutMs);
      this.#deliver();
    });
    clearTimeout(timer);
    this.#waiting = null;
    if (settled.outcome === "timed-out") await this.#kill();
    return {
      ...settled,
      ms: performance.now() - began,
      coldStartMs: cold ? this.#coldStartMs : null,
      log: this.#log.slice(logFrom),
    };
  }

  async close(): Promise<void> {
    await this.#kill();
    await new Promise((closed) => this.#server.close(closed));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(): void {
    const { handler, environment } = this.#options;
    const { port } = this.#server.address() as AddressInfo;
    const root = join(this.#folder, "task");
    this.#startedAt = performance.now();
    this.#coldStartMs = null;
    const child = spawn(process.execPath, [join(import.meta.dirname, "runtime-bootstrap.mjs")], {
      cwd: root,
      env: {
        ...environment,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: handler,
        _HANDLER: handler,
        LAMBDA_TASK_ROOT: root,
        TZ: ":UTC",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const keep = (part: Buffer): void => {
      this.#log += part.toString("utf8");
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.once("exit", (code) => {
      if (this.#process !== child) return;
      this.#process = null;
      this.#poll = null;
      this.#waiting?.settle("failed", { errorType: "Runtime.ExitError", errorMessage: `the process ended (${code})` });
    });
  }

  async #kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    this.#poll = null;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((exited) => child.once("exit", exited));
    child.kill("SIGKILL");
    await gone;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? "";
    if (path.endsWith("/invocation/next")) {
      this.#coldStartMs ??= performance.now() - this.#startedAt;
      this.#poll = response;
      if (this.#waiting === null) this.#process?.kill("SIGSTOP");
      this.#deliver();
      return;
    }
    response.writeHead(202).end();
    const answer: unknown = JSON.parse(Buffer.concat(parts).toString("utf8") || "null");
    if (path.endsWith("/init/error") || path.endsWith("/error")) this.#waiting?.settle("failed", answer);
    else if (path.endsWith(`/${this.#waiting?.id}/response`)) this.#waiting?.settle("answered", answer);
  }

  /** The event goes out when both are there: an event, and a process that asks for one. */
  #deliver(): void {
    const { event, id, deadline } = this.#waiting ?? {};
    if (this.#poll === null || id === undefined) return;
    this.#poll.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(deadline),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:eu-central-1:000000000000:function:${this.#options.handler}`,
    });
    this.#poll.end(JSON.stringify(event));
    this.#poll = null;
  }
}
