/** Runs the sandbox in a process of its own, so that the connector under test has a core to itself and talks to a real server. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StopRun } from "../core/errors.ts";
import type { RequestCounts } from "../sandbox/request-checks.ts";

/** What the child is told on its command line, as JSON. */
export interface SandboxStart {
  readonly seed: string;
  /** The first moment, ISO 8601; the clock stands still until it is moved. */
  readonly start: string;
  /** Moves a company of so many people in. */
  readonly people: number;
  /** 0 takes any free port. */
  readonly hubspotPort: number;
  readonly salesforcePort: number;
}

/** The child's first message. */
export type SandboxGreeting =
  | { readonly hubspotUrl: string; readonly salesforceUrl: string }
  | { readonly failed: string };

export interface SandboxProcess {
  readonly pid: number;
  readonly hubspotUrl: string;
  readonly salesforceUrl: string;
  /** Lets the company live until then; moves the sandbox's clock there. */
  play(until: string): Promise<void>;
  moveClock(now: string): Promise<void>;
  /** What it was asked for, held against the vendors' descriptions. */
  requests(): Promise<RequestCounts>;
  /** Lets the process live on when this one ends; its clock runs from then on. */
  leaveRunning(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and waits until both servers listen. Throws StopRun when they cannot, because a port is taken for example. */
export async function startSandboxProcess(start: SandboxStart): Promise<SandboxProcess> {
  const entry = fileURLToPath(new URL("./demo/sandbox-child.ts", import.meta.url));
  const child = fork(entry, [JSON.stringify(start)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    detached: true,
  });
  const greeting = await greetingOf(child);
  if ("failed" in greeting) throw new StopRun(`the sandbox did not start: ${greeting.failed}`);
  const { hubspotUrl, salesforceUrl } = greeting;
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${hubspotUrl}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${text}`);
  };
  return {
    pid: child.pid ?? 0,
    hubspotUrl,
    salesforceUrl,
    play: (until) => post("play", { until }),
    moveClock: (now) => post("clock", { now }),
    requests: async () => (await (await fetch(`${hubspotUrl}/_sandbox/requests`)).json()) as RequestCounts,
    leaveRunning: async () => {
      await new Promise<void>((resolve) => {
        child.once("message", () => resolve());
        child.send({ leave: true });
      });
      child.disconnect();
      child.unref();
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function greetingOf(child: ChildProcess): Promise<SandboxGreeting> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as SandboxGreeting));
    child.once("error", reject);
    child.once("exit", (code) => resolve({ failed: `its process ended with code ${code ?? "none"}` }));
  });
}
