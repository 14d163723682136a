/** A batch of which some rows fail, or of which the answer does not tell everything. */
import type { SandboxRequest, SandboxResponse } from "../../src/sandbox/exchange.ts";
import { roll } from "./dice.ts";
import type { SystemName } from "./stand-ins.ts";

export interface Partly {
  /** So many of the rows, about. */
  readonly share: number;
  /** The answer says that they failed; else they were done, and HubSpot's answer leaves them out. */
  readonly told: boolean;
  /** They were not done either, and nothing says so. */
  readonly undone?: true;
  readonly salt: number;
}

interface BatchBody {
  readonly inputs?: readonly { readonly objectWriteTraceId?: string }[];
  readonly records?: readonly unknown[];
  readonly compositeRequest?: readonly { readonly referenceId: string }[];
}

export function partialAnswer(
  system: SystemName,
  request: SandboxRequest,
  partly: Partly,
  answer: (request: SandboxRequest) => SandboxResponse,
): SandboxResponse {
  const body = batchOf(request);
  if (body?.inputs?.every((input) => input.objectWriteTraceId !== undefined) === true)
    return hubspotPartly(request, body.inputs, partly, answer);
  if (system === "salesforce" && body?.records !== undefined)
    return collectionPartly(request, body, body.records, partly, answer);
  if (system === "salesforce" && body?.compositeRequest !== undefined)
    return compositePartly(request, body, body.compositeRequest, partly, answer);
  return answer(request);
}

function batchOf(request: SandboxRequest): BatchBody | null {
  try {
    return JSON.parse(request.body) as BatchBody;
  } catch {
    return null;
  }
}

function fails(index: number, { share, salt }: Partly): boolean {
  return roll(index, salt, 77) < share;
}

type Answer = (request: SandboxRequest) => SandboxResponse;

function hubspotPartly(
  request: SandboxRequest,
  inputs: NonNullable<BatchBody["inputs"]>,
  partly: Partly,
  answer: Answer,
): SandboxResponse {
  const failing = inputs.filter((_input, index) => fails(index, partly));
  if (failing.length === 0) return answer(request);
  if (!partly.told && partly.undone !== true)
    return withoutMention(answer(request), new Set(failing.map((input) => input.objectWriteTraceId)));
  const rest = inputs.filter((input) => !failing.includes(input));
  const done = rest.length === 0 ? null : answer({ ...request, body: JSON.stringify({ inputs: rest }) });
  if (done !== null && done.status >= 300) return done;
  const said = done === null ? { status: "COMPLETE", results: [] } : JSON.parse(done.body);
  if (!partly.told) return silentAbout(said, done?.headers ?? JSON_HEADERS);
  const errors = failing.map((input) => ({
    status: "error",
    category: "RATE_LIMITS",
    message: "The record is busy.",
    context: { objectWriteTraceId: [input.objectWriteTraceId] },
  }));
  const all = [...(said.errors ?? []), ...errors];
  const body = { ...AT, ...said, numErrors: all.length, errors: all };
  return { status: 207, headers: done?.headers ?? JSON_HEADERS, body: JSON.stringify(body) };
}

const AT = { startedAt: "2026-01-01T00:00:00.000Z", completedAt: "2026-01-01T00:00:00.000Z" };

/** The answer to the rows that were done, as if there had been no others. */
function silentAbout(said: object, headers: SandboxResponse["headers"]): SandboxResponse {
  return { status: 200, headers, body: JSON.stringify({ ...AT, ...said }) };
}

const JSON_HEADERS = { "Content-Type": "application/json;charset=utf-8" };

function withoutMention(answer: SandboxResponse, hidden: ReadonlySet<string | undefined>): SandboxResponse {
  if (answer.status >= 300) return answer;
  const said = JSON.parse(answer.body) as { results: readonly { objectWriteTraceId?: string }[] };
  const results = said.results.filter((result) => !hidden.has(result.objectWriteTraceId));
  return { ...answer, body: JSON.stringify({ ...said, results }) };
}

const LOCKED = "unable to obtain exclusive access to this record";

function collectionPartly(
  request: SandboxRequest,
  body: object,
  records: readonly unknown[],
  partly: Partly,
  answer: Answer,
): SandboxResponse {
  const rest = records.filter((_record, index) => !fails(index, partly));
  if (rest.length === records.length) return answer(request);
  const done = rest.length === 0 ? null : answer({ ...request, body: JSON.stringify({ ...body, records: rest }) });
  if (done !== null && done.status !== 200) return done;
  const rows = done === null ? [] : (JSON.parse(done.body) as unknown[]);
  const refused = { success: false, errors: [{ statusCode: "UNABLE_TO_LOCK_ROW", message: LOCKED, fields: [] }] };
  const all = records.map((_record, index) => (fails(index, partly) ? refused : rows.shift()));
  return { status: 200, headers: done?.headers ?? JSON_HEADERS, body: JSON.stringify(all) };
}

function compositePartly(
  request: SandboxRequest,
  body: object,
  subrequests: NonNullable<BatchBody["compositeRequest"]>,
  partly: Partly,
  answer: Answer,
): SandboxResponse {
  const rest = subrequests.filter((_sub, index) => !fails(index, partly));
  if (rest.length === subrequests.length) return answer(request);
  const done =
    rest.length === 0 ? null : answer({ ...request, body: JSON.stringify({ ...body, compositeRequest: rest }) });
  if (done !== null && done.status !== 200) return done;
  const rows = done === null ? [] : (JSON.parse(done.body) as { compositeResponse: unknown[] }).compositeResponse;
  const all = subrequests.map(({ referenceId }, index) =>
    fails(index, partly)
      ? {
          body: [{ errorCode: "UNABLE_TO_LOCK_ROW", message: LOCKED }],
          httpHeaders: {},
          httpStatusCode: 400,
          referenceId,
        }
      : rows.shift(),
  );
  return {
    status: 200,
    headers: done?.headers ?? JSON_HEADERS,
    body: JSON.stringify({ compositeResponse: all }),
  };
}
