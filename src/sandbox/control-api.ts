/** Serves `/_sandbox/`: lets a test or a demo move the clock, ask for faults, look at the truth and act as people do. */
import { actInHubSpot, actInSalesforce, type SandboxAction } from "./control-actions.ts";
import { json, type SandboxHandler, type SandboxRequest, type SandboxResponse } from "./exchange.ts";
import type { FaultRule } from "./faults.ts";
import type { Sandbox } from "./sandbox-parts.ts";

const prefix = "/_sandbox/";

export function isControlRequest(request: SandboxRequest): boolean {
  return request.path.startsWith(prefix);
}

/** A request the control API cannot serve; answered with 400 `{error}`. */
class ControlError extends Error {}

/**
 * The control API of a sandbox. It is not authenticated and not counted, and serves on both ports alike.
 * Bad requests answer 400 `{error}`, unknown paths 404.
 */
export function createControlApi(sandbox: Sandbox): SandboxHandler {
  return (request) => {
    try {
      return serve(sandbox, request);
    } catch (error) {
      if (error instanceof ControlError || error instanceof SyntaxError) return json(400, { error: error.message });
      throw error;
    }
  };
}

function serve(sandbox: Sandbox, request: SandboxRequest): SandboxResponse {
  const path = request.path.slice(prefix.length).replace(/\/$/, "");
  const [salesforce, kind, type] = path.split("/");
  if (request.method === "GET" && salesforce === "salesforce" && kind === "records" && type !== undefined) {
    if (sandbox.salesforce.state.catalog.object(type) === undefined) throw new ControlError(`no object ${type}`);
    return json(200, sandbox.salesforce.records(type));
  }
  switch (`${request.method} ${path}`) {
    case "GET clock":
      return clock(sandbox);
    case "POST clock":
      return moveClock(sandbox, bodyOf(request));
    case "POST faults":
      return addFaults(sandbox, bodyOf(request));
    case "DELETE faults":
      sandbox.hubspotFaults.clear();
      sandbox.salesforceFaults.clear();
      return json(200, {});
    case "GET calls":
      return json(200, sandbox.calls);
    case "GET requests":
      return json(200, sandbox.requests);
    case "GET hubspot/contacts":
      return json(200, sandbox.hubspot.contacts());
    case "GET hubspot/tasks":
      return json(200, sandbox.hubspot.tasks());
    case "POST act":
      return act(sandbox, bodyOf(request));
    case "POST play":
      return play(sandbox, bodyOf(request));
    default:
      return json(404, { error: `The sandbox has no ${request.method} ${request.path}` });
  }
}

function bodyOf(request: SandboxRequest): Readonly<Record<string, unknown>> {
  const body: unknown = JSON.parse(request.body);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new ControlError("the body must be a JSON object");
}

function clock(sandbox: Sandbox): SandboxResponse {
  return json(200, { now: new Date(sandbox.clock.now()).toISOString() });
}

function moveClock(sandbox: Sandbox, body: Readonly<Record<string, unknown>>): SandboxResponse {
  const { now, advanceMs } = body;
  if (now !== undefined) sandbox.clock.set(momentOf(now, "now"));
  else if (typeof advanceMs === "number") sandbox.clock.advance(advanceMs);
  else throw new ControlError('give "now" as an ISO date-time or "advanceMs" as a number');
  return clock(sandbox);
}

function momentOf(value: unknown, name: string): number {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw new ControlError(`"${name}" must be an ISO date-time`);
  return ms;
}

function addFaults(sandbox: Sandbox, body: Readonly<Record<string, unknown>>): SandboxResponse {
  const box = { hubspot: sandbox.hubspotFaults, salesforce: sandbox.salesforceFaults }[String(body["system"])];
  if (box === undefined) throw new ControlError('"system" must be "hubspot" or "salesforce"');
  if (!Array.isArray(body["rules"])) throw new ControlError('"rules" must be a list of fault rules');
  for (const rule of body["rules"] as readonly FaultRule[]) box.add(rule);
  return json(200, { added: body["rules"].length });
}

/** Does the actions in order. Each answers `{ok: true, result}` or `{ok: false, error, code?}`; a refused one does not stop the rest. */
function act(sandbox: Sandbox, body: Readonly<Record<string, unknown>>): SandboxResponse {
  if (!Array.isArray(body["actions"])) throw new ControlError('"actions" must be a list');
  const results = (body["actions"] as readonly SandboxAction[]).map((action) => {
    try {
      const result =
        action.system === "hubspot"
          ? actInHubSpot(sandbox.hubspot, action)
          : actInSalesforce(sandbox.salesforce, action);
      return { ok: true, result: result ?? null };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const code = (error as { code?: unknown }).code;
      return { ok: false, error: error.message, ...(code === undefined ? {} : { code }) };
    }
  });
  return json(200, { results });
}

function play(sandbox: Sandbox, body: Readonly<Record<string, unknown>>): SandboxResponse {
  if (sandbox.onPlay === undefined) throw new ControlError("this sandbox has nobody to play");
  return json(200, { summary: sandbox.onPlay(momentOf(body["until"], "until")) ?? null });
}
