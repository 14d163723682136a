/** Lets this process, and those it starts, connect to this machine only: any other address is refused before a packet leaves. */
import dns from "node:dns";
import { Socket } from "node:net";

type Connect = (this: Socket, ...given: unknown[]) => Socket;

const installed = Symbol.for("leadloop.refuse-other-hosts");
const shared = globalThis as { [installed]?: string[] };
const isFirst = shared[installed] === undefined;

/** Addresses that were asked for and refused, in order, since this process began: one list, however often this file is loaded. */
export const refusedHosts: string[] = shared[installed] ?? [];
shared[installed] = refusedHosts;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|0\.0\.0\.0|::)$/i;
/** Names that never exist anywhere (RFC 6761): a test may use one to see what a wrong name says. */
const NOWHERE = /\.invalid$/i;

if (isFirst) {
  refuseConnections();
  refuseLookUps();
  process.env["NODE_OPTIONS"] = `${process.env["NODE_OPTIONS"] ?? ""} --import=${import.meta.url}`.trim();
}

function refuseConnections(): void {
  const connect = Socket.prototype.connect as Connect;
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const host = hostOf(given);
    if (host === null || LOOPBACK.test(host)) return connect.apply(this, given);
    const refusal = refusalOf(host);
    process.nextTick(() => this.destroy(refusal));
    return this;
  } as typeof Socket.prototype.connect;
}

function refuseLookUps(): void {
  const { lookup } = dns;
  const guarded = (name: string, ...rest: unknown[]): unknown => {
    if (LOOPBACK.test(name)) return Reflect.apply(lookup, dns, [name, ...rest]);
    const answer = rest.at(-1) as (error: Error) => void;
    const refusal = refusalOf(name);
    process.nextTick(() => answer(refusal));
    return {};
  };
  dns.lookup = Object.assign(guarded, lookup) as unknown as typeof lookup;
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
  refusedHosts.push(host);
  return Object.assign(new Error(`a test may talk to this machine only, and this one asked for ${host}`), {
    code: "ECONNREFUSED",
  });
}
