/** Serves /jobs/query: a SOQL result as CSV, in pages named by `Sforce-Locator`. */
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, noContent, notFound, objectBody } from "./api-call.ts";
import { advance, type BulkJob, type BulkJobs } from "./bulk-jobs.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { parseSoql } from "./soql-parsing.ts";
import { runSoql } from "./soql-running.ts";

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm */
export function serveQueryJobs(call: ApiCall, jobs: BulkJobs): SandboxResponse {
  const [, , id, resource] = call.parts;
  const { method } = call.request;
  if (id === undefined || id === "") {
    if (method === "POST") return createJob(call, jobs);
    if (method !== "GET") throw notFound();
    return json(200, { done: true, records: jobs.all("query").map((job) => shown(job)), nextRecordsUrl: null });
  }
  const job = jobs.find("query", id);
  if (job === undefined) throw notFound();
  if (resource === "results" && method === "GET") return results(call, job);
  if (resource !== undefined && resource !== "") throw notFound();
  if (method === "GET") {
    advance(call.state, job);
    return json(200, shown(job));
  }
  if (method === "DELETE") {
    jobs.remove(job.id);
    return noContent();
  }
  if (method !== "PATCH" || objectBody(call)["state"] !== "Aborted") throw notFound();
  job.state = "Aborted";
  return json(200, shown(job));
}

/** The result is taken when the job is created. */
function createJob(call: ApiCall, jobs: BulkJobs): SandboxResponse {
  const body = objectBody(call);
  const operation = String(body["operation"]);
  const text = String(body["query"] ?? "");
  if (operation !== "query" && operation !== "queryAll") {
    throw new SalesforceFault("API_ERROR", `Invalid operation: ${operation}`);
  }
  const { object, selections } = parseSoql(text);
  const result = runSoql(call.state, text, { includeDeleted: operation === "queryAll", version: call.version });
  const info = {
    operation,
    object: call.state.catalog.object(object)?.name ?? object,
    createdById: call.userId,
    concurrencyMode: "Parallel",
    contentType: "CSV",
    apiVersion: Number.parseFloat(call.version.slice(1)),
    lineEnding: "LF",
    columnDelimiter: "COMMA",
  };
  const job = jobs.create(call.state, "query", info, "UploadComplete");
  const names = selections.map((selection) => selection.field);
  const line = (cells: readonly unknown[]): string => `${cells.map((cell) => quoted(cell)).join(",")}\n`;
  job.upload = line(names);
  job.rows = result.rows.map((row) => {
    const sent = result.send(row);
    return line(names.map((name) => cellAt(sent, name)));
  });
  job.processedCount = job.rows.length;
  return json(200, shown(job));
}

function cellAt(sent: Readonly<Record<string, unknown>>, name: string): unknown {
  let current: unknown = sent;
  for (const step of name.split(".")) {
    const holder = current as Readonly<Record<string, unknown>> | null;
    if (holder === null) return null;
    const key = Object.keys(holder).find((candidate) => candidate.toLowerCase() === step.toLowerCase());
    current = key === undefined ? null : holder[key];
  }
  return current;
}

function quoted(cell: unknown): string {
  return cell === null || cell === undefined ? '""' : `"${String(cell).replaceAll('"', '""')}"`;
}

function shown(job: BulkJob): Readonly<Record<string, unknown>> {
  const { id, state, createdDate, systemModstamp } = job;
  const counts =
    state === "JobComplete"
      ? { jobType: "V2Query", numberRecordsProcessed: job.processedCount, retries: 0, totalProcessingTime: 1 }
      : {};
  return { id, ...job.info, createdDate, systemModstamp, state, ...counts };
}

/** A page of the result. `Sforce-Locator` names the next one, or is the word `null` on the last. */
function results(call: ApiCall, job: BulkJob): SandboxResponse {
  if (job.state !== "JobComplete") {
    throw new SalesforceFault("INVALIDJOBSTATE", `The job is not complete: its state is ${job.state}`);
  }
  const locator = call.request.query.get("locator");
  const start = locator === null || locator === "" ? 0 : Number(Buffer.from(locator, "base64").toString("utf8"));
  if (!Number.isInteger(start) || start < 0 || (start > 0 && start >= job.rows.length)) {
    throw new SalesforceFault("INVALID_QUERY_LOCATOR", "invalid query locator");
  }
  const count = Math.max(Number(call.request.query.get("maxRecords") ?? 50_000) || 50_000, 1);
  const rows = job.rows.slice(start, start + count);
  const end = start + rows.length;
  const next = end < job.rows.length ? Buffer.from(String(end)).toString("base64").replace(/=+$/, "") : "null";
  return {
    status: 200,
    headers: { "Content-Type": "text/csv", "Sforce-Locator": next, "Sforce-NumberOfRecords": String(rows.length) },
    body: job.upload + rows.join(""),
  };
}
