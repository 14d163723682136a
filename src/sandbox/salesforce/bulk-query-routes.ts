/** Serves /jobs/query: a SOQL result as CSV, in pages named by `Sforce-Locator`. */
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, noContent, notFound, objectBody } from "./api-call.ts";
import { advance, type BulkJob, type BulkJobs } from "./bulk-jobs.ts";
import type { FieldDefinition } from "./field-definition.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { findField } from "./soql-fields.ts";
import { parseSoql, type SoqlQuery } from "./soql-parsing.ts";
import { runSoql } from "./soql-running.ts";

/** Rows of a part of the result when the caller does not say. */
const PAGE = 50_000;
/** Salesforce clears a job and its result away after so long. */
const KEPT_MS = 7 * 86_400_000;
/** Types whose values a table shows with a decimal point: 23 as 23.0. */
const DECIMAL: ReadonlySet<string> = new Set(["double", "currency", "percent"]);

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
  if (job === undefined || isCleared(call, job)) throw notFound();
  if (resource === "results" && method === "GET") return results(call, job);
  if (resource !== undefined && resource !== "") throw notFound();
  if (method === "GET") {
    advance(call.state, job);
    return json(200, shown(job));
  }
  return changeJob(call, jobs, job);
}

function changeJob(call: ApiCall, jobs: BulkJobs, job: BulkJob): SandboxResponse {
  const { method } = call.request;
  if (method === "DELETE") {
    if (job.state === "UploadComplete" || job.state === "InProgress") {
      throw new SalesforceFault("INVALIDJOBSTATE", `A job that is ${job.state} cannot be deleted`);
    }
    jobs.remove(job.id);
    return noContent();
  }
  if (method !== "PATCH" || objectBody(call)["state"] !== "Aborted") throw notFound();
  if (job.state === "JobComplete" || job.state === "Failed") {
    throw new SalesforceFault("INVALIDJOBSTATE", `A job that is ${job.state} cannot be aborted`);
  }
  job.state = "Aborted";
  return json(200, shown(job));
}

function isCleared(call: ApiCall, job: BulkJob): boolean {
  return call.state.clock.now() - Date.parse(job.createdDate) > KEPT_MS;
}

/**
 * What a query job does not take: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm. An order or a limit is refused
 * here although an org lets them pass: they keep it from cutting the work in pieces, and on a large object such a job does not end.
 */
function requireBulkQuery(call: ApiCall, query: SoqlQuery, fields: readonly FieldDefinition[]): void {
  const refuse = (what: string): never => {
    throw new SalesforceFault("FEATURENOTENABLED", `Bulk API 2.0 query does not support ${what}`);
  };
  if (query.countOnly || query.groupBy.length > 0 || query.selections.some(({ aggregate }) => aggregate !== undefined))
    refuse("aggregate functions or GROUP BY");
  if (query.orderBy.length > 0 || query.limit !== undefined || query.offset > 0) refuse("ORDER BY, LIMIT or OFFSET");
  const compound = fields.find(({ type }) => type === "address");
  if (compound !== undefined) refuse(`compound fields: ${compound.name}`);
  const { contentType = "CSV", columnDelimiter = "COMMA", lineEnding = "LF" } = objectBody(call);
  if (contentType !== "CSV" || columnDelimiter !== "COMMA" || lineEnding !== "LF") {
    throw new SalesforceFault("API_ERROR", "This stand-in gives CSV with commas and LF line endings only");
  }
}

/** The result is taken when the job is created; its rows come in no order that a caller may rely on. */
function createJob(call: ApiCall, jobs: BulkJobs): SandboxResponse {
  const body = objectBody(call);
  const operation = String(body["operation"]);
  const text = String(body["query"] ?? "");
  if (operation !== "query" && operation !== "queryAll") {
    throw new SalesforceFault("API_ERROR", `Invalid operation: ${operation}`);
  }
  const query = parseSoql(text);
  const { object, selections } = query;
  const definition = call.state.catalog.object(object);
  const fields =
    definition === undefined ? [] : plainFields(query).map((name) => findField(call.state, definition, name).field);
  requireBulkQuery(call, query, fields);
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
    return line(names.map((name, index) => textOf(cellAt(sent, name), fields[index])));
  });
  job.processedCount = job.rows.length;
  return json(200, shown(job));
}

function plainFields({ selections }: SoqlQuery): readonly string[] {
  return selections.flatMap(({ field, aggregate }) => (aggregate === undefined ? [field] : []));
}

/** A table spells some values otherwise than REST's JSON does: `23.0`, and times that end in Z. */
function textOf(cell: unknown, field: FieldDefinition | undefined): unknown {
  if (cell === null || cell === undefined || field === undefined) return cell;
  if (DECIMAL.has(field.type) && Number.isInteger(cell)) return `${String(cell)}.0`;
  return field.type === "datetime" ? String(cell).replace(/\+0000$/, "Z") : cell;
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
  const start = startOf(job, call.request.query.get("locator"));
  const asked = Math.max(Number(call.request.query.get("maxRecords") ?? PAGE) || PAGE, 1);
  const count = Math.min(asked, call.state.settings.bulkResultRows);
  const rows = job.rows.slice(start, start + count);
  const end = start + rows.length;
  const next = end < job.rows.length ? locatorOf(job, end) : "null";
  return {
    status: 200,
    headers: { "Content-Type": "text/csv", "Sforce-Locator": next, "Sforce-NumberOfRecords": String(rows.length) },
    body: job.upload + rows.join(""),
  };
}

/** A locator belongs to one job. */
function locatorOf(job: BulkJob, row: number): string {
  return Buffer.from(`${row}:${job.id}`).toString("base64").replace(/=+$/, "");
}

function startOf(job: BulkJob, locator: string | null): number {
  if (locator === null || locator === "") return 0;
  const [row = "", id] = Buffer.from(locator, "base64").toString("utf8").split(":");
  const start = Number(row);
  if (id === job.id && Number.isInteger(start) && start > 0 && start < job.rows.length) return start;
  throw new SalesforceFault("INVALID_QUERY_LOCATOR", "invalid query locator");
}
