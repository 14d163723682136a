/** Lets this process, and the threads and processes it starts, reach this machine only: any other address is refused before a packet leaves, and noted. */
import childProcess, { ChildProcess } from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import workerThreads, { type WorkerOptions } from "node:worker_threads";
import { guardedEnvironment, noteRefusal, UNGUARDED } from "./refused-hosts.ts";

type Call = (this: unknown, ...given: unknown[]) => unknown;
type Functions = Record<string, Call>;

const installed = Symbol.for("leadloop.refuse-other-hosts");
const shared = globalThis as { [installed]?: true };

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|0\.0\.0\.0|::)$/i;
/** Names that never exist anywhere (RFC 6761): a test may use one to see what a wrong name says. */
const NOWHERE = /\.invalid$/i;
const OPTIONS = "NODE_OPTIONS=";
/** `--import` would let a thread that runs a piece of text begin before it is there. */
const LOADED_FIRST = `--require="${import.meta.filename}"`;

if (shared[installed] === undefined) {
  // Loaded again in every test file, it would guard the guards.
  shared[installed] = true;
  refuseConnections();
  refuseDatagrams();
  refuseLookUps();
  guardProcesses();
  guardThreads();
  syncBuiltinESMExports();
}

/** `answer` is asked with what was given and the function that it takes the place of. */
function replace(
  owner: object,
  name: string,
  answer: (original: Call, self: unknown, given: unknown[]) => unknown,
): void {
  const functions = owner as Functions;
  const original = functions[name] as Call;
  function guarded(this: unknown, ...given: unknown[]): unknown {
    return answer(original, this, given);
  }
  functions[name] = Object.assign(guarded, original);
}

function refuseConnections(): void {
  replace(Socket.prototype, "connect", (connect, socket, given) => {
    const host = hostOf(given);
    if (host === null || LOOPBACK.test(host)) return connect.apply(socket, given);
    const refusal = refusalOf(host);
    process.nextTick(() => (socket as Socket).destroy(refusal));
    return socket;
  });
}

/** The address stands after the port, which stands after the message; a socket that is connected sends to nobody else. */
function refuseDatagrams(): void {
  for (const name of ["send", "connect"])
    replace(dgram.Socket.prototype, name, (send, socket, given) => {
      const host = given.slice(1).find((one) => typeof one === "string" && !/^\d+$/.test(one)) as string | undefined;
      if (host === undefined || LOOPBACK.test(host)) return send.apply(socket, given);
      const refusal = refusalOf(host);
      const answer = given.at(-1);
      if (typeof answer === "function") process.nextTick(() => answer(refusal));
      else process.nextTick(() => (socket as dgram.Socket).emit("error", refusal));
      return undefined;
    });
}

/** Whatever asks a name server: even of this machine's own name that one is elsewhere; `lookup` looks into the machine's own list first. */
function refuseLookUps(): void {
  const { promises } = dns;
  for (const owner of [dns, promises, dns.Resolver.prototype, promises.Resolver.prototype]) {
    const answersLater = owner === promises || owner === promises.Resolver.prototype;
    for (const name of Object.getOwnPropertyNames(owner).filter((one) => /^(lookup|resolve|reverse)/.test(one)))
      replace(owner, name, (ask, self, given) => {
        const asked = String(given[0]);
        if (name.startsWith("lookup") && LOOPBACK.test(asked)) return ask.apply(self, given);
        const refusal = refusalOf(asked);
        if (answersLater) return Promise.reject(refusal);
        const answer = given.at(-1) as (error: Error) => void;
        process.nextTick(() => answer(refusal));
        return {};
      });
  }
}

/** Also those that are started with an environment of their own. */
function guardProcesses(): void {
  process.env["NODE_OPTIONS"] = guardedOptions(process.env["NODE_OPTIONS"]);
  replace(ChildProcess.prototype, "spawn", (spawn, child, given) => {
    const [options] = given as [{ envPairs?: readonly string[] }];
    const pairs = options.envPairs ?? [];
    if (pairs.includes(`${UNGUARDED}=1`)) return spawn.apply(child, given);
    const said = pairs.find((pair) => pair.startsWith(OPTIONS))?.slice(OPTIONS.length);
    const added = Object.entries({ ...guardedEnvironment(), NODE_OPTIONS: guardedOptions(said) });
    const envPairs = [...pairs.filter((pair) => !pair.startsWith(OPTIONS)), ...added.map((pair) => pair.join("="))];
    return spawn.apply(child, [{ ...options, envPairs }]);
  });
  for (const name of ["spawnSync", "execSync", "execFileSync"])
    replace(childProcess, name, (start, self, given) => {
      const withOwn = given.map((one) => {
        const { env } = (one ?? {}) as { readonly env?: NodeJS.ProcessEnv };
        if (typeof env !== "object" || env === null || env[UNGUARDED] === "1") return one;
        const NODE_OPTIONS = guardedOptions(env["NODE_OPTIONS"]);
        return { ...(one as object), env: { ...env, ...guardedEnvironment(), NODE_OPTIONS } };
      });
      return start.apply(self, withOwn);
    });
}

function guardedOptions(options = ""): string {
  return options.includes(LOADED_FIRST) ? options : `${options} ${LOADED_FIRST}`.trim();
}

/** A thread that is given an environment reads its options from there, else it has those with which its process began. */
function guardThreads(): void {
  const { Worker } = workerThreads;
  workerThreads.Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      const env = typeof options.env === "object" ? { ...options.env, ...guardedEnvironment() } : process.env;
      super(file, { ...options, env: { ...env, NODE_OPTIONS: guardedOptions(env["NODE_OPTIONS"]) } });
    }
  };
}

/** The host of a call to `connect`; null for a path, or for none (which is this machine). */
function hostOf(given: readonly unknown[]): string | null {
  // net.connect hands over what it was called with as one list.
  const [first, second] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given;
  if (typeof first === "object" && first !== null) {
    const { host, path } = first as { readonly host?: unknown; readonly path?: unknown };
    return typeof host === "string" && host !== "" && path == null ? host : null;
  }
  return typeof second === "string" ? second : null;
}

function refusalOf(host: string): Error {
  if (NOWHERE.test(host)) {
    return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
      hostname: host,
    });
  }
  noteRefusal(host);
  return Object.assign(new Error(`a test may talk to this machine only, and this one asked for ${host}`), {
    code: "ECONNREFUSED",
  });
}
