/** Serves one stand-in over HTTP on the loopback address, with the sandbox's date and the faults that were asked for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SandboxHandler, SandboxRequest, SandboxResponse } from "./exchange.ts";
import { json } from "./exchange.ts";
import type { Fault, FaultBox } from "./faults.ts";
import type { SandboxClock } from "./sandbox-clock.ts";

export interface RunningServer {
  /** Without a trailing slash, for example `http://127.0.0.1:49152`. */
  readonly url: string;
  readonly port: number;
  /** Ends open connections, hanging ones included, and frees the port. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly handler: SandboxHandler;
  readonly clock: SandboxClock;
  readonly faults: FaultBox;
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** Told of every request that reached an answer, dropped and hanging "after" ones included. */
  readonly onRequest?: (request: SandboxRequest, response: SandboxResponse) => void;
}

/** Listens on 127.0.0.1 only. Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = createServer({ keepAlive: true, keepAliveTimeout: 60_000, noDelay: true }, (incoming, outgoing) => {
    outgoing.sendDate = false;
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      serve(readRequest(incoming, body.toString("utf8")), incoming, outgoing, options);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function readRequest(incoming: IncomingMessage, body: string): SandboxRequest {
  const target = incoming.url ?? "/";
  const mark = target.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: incoming.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)),
    headers,
    body,
  };
}

function serve(
  request: SandboxRequest,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ServerOptions,
): void {
  const fault = options.faults.next(request);
  const handle = (): SandboxResponse => {
    const response = fault === undefined ? handled(request, options) : (instead(fault) ?? handled(request, options));
    options.onRequest?.(request, response);
    return response;
  };
  if (fault?.kind === "drop-before") {
    incoming.socket.destroy();
    return;
  }
  if (fault?.kind === "hang-before") return;
  if (fault?.kind === "delay") {
    setTimeout(() => send(outgoing, handle(), options.clock), fault.ms);
    return;
  }
  const response = handle();
  if (fault?.kind === "drop-after") {
    incoming.socket.destroy();
    return;
  }
  if (fault?.kind === "hang-after") return;
  send(outgoing, response, options.clock);
}

/** The answer a fault gives in place of the stand-in's own, or undefined when the stand-in is to be asked. */
function instead(fault: Fault): SandboxResponse | undefined {
  if (fault.kind === "answer") return json(fault.status, fault.body, fault.headers);
  if (fault.kind !== "html") return undefined;
  const body = `<html><head><title>${fault.status}</title></head><body><h1>${fault.status}</h1></body></html>`;
  return { status: fault.status, headers: { "Content-Type": "text/html" }, body };
}

/** A stand-in that throws has a bug; the caller gets a 500 that says so instead of a request that never ends. */
function handled(request: SandboxRequest, options: ServerOptions): SandboxResponse {
  try {
    return options.handler(request);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return json(500, { message: `The sandbox itself failed on ${request.method} ${request.path}: ${reason}` });
  }
}

function send(outgoing: ServerResponse, response: SandboxResponse, clock: SandboxClock): void {
  const body = Buffer.from(response.body, "utf8");
  const bodiless = response.status === 204 || response.status === 304;
  outgoing.writeHead(response.status, {
    ...response.headers,
    Date: new Date(clock.now()).toUTCString(),
    ...(bodiless ? {} : { "Content-Length": String(body.length) }),
  });
  outgoing.end(bodiless ? undefined : body);
}
