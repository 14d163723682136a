/** Serves /jobs/ingest: records written from an uploaded CSV, with the outcome of each row as CSV again. */
import { parse } from "csv-parse/sync";
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, noContent, notFound, objectBody } from "./api-call.ts";
import { advance, type BulkJob, type BulkJobs } from "./bulk-jobs.ts";
import type { ObjectDefinition } from "./field-definition.ts";
import type { WriteContext } from "./input-resolving.ts";
import { deleteRecord } from "./record-deleting.ts";
import { itemError, SalesforceFault } from "./salesforce-fault.ts";
import { requireId } from "./salesforce-id.ts";
import { createRecord, updateRecord } from "./sobject-writing.ts";
import { keyField, upsertRecord } from "./upsert-matching.ts";
import { stampOf } from "./vendor-time.ts";

const delimiters: Readonly<Record<string, string>> = {
  COMMA: ",",
  SEMICOLON: ";",
  TAB: "\t",
  PIPE: "|",
  CARET: "^",
  BACKQUOTE: "`",
};

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm */
export function serveIngestJobs(call: ApiCall, jobs: BulkJobs): SandboxResponse {
  const [, , id, resource] = call.parts;
  const { method } = call.request;
  if (id === undefined || id === "") {
    if (method === "POST") return createJob(call, jobs);
    if (method !== "GET") throw notFound();
    return json(200, { done: true, records: jobs.all("ingest").map((job) => shown(job)), nextRecordsUrl: null });
  }
  const job = jobs.find("ingest", id);
  if (job === undefined) throw notFound();
  if (resource === undefined || resource === "") return serveJob(call, jobs, job);
  if (resource === "batches" && method === "PUT") return upload(call, job);
  if (method !== "GET") throw notFound();
  if (resource === "successfulResults") return csv(job.successful);
  if (resource === "failedResults") return csv(job.failed);
  if (resource === "unprocessedrecords") return csv(job.unprocessed);
  throw notFound();
}

function createJob(call: ApiCall, jobs: BulkJobs): SandboxResponse {
  const body = objectBody(call);
  const object = call.state.catalog.object(String(body["object"]));
  const operation = String(body["operation"]);
  if (object === undefined) throw invalidJob(`Unable to find object: ${String(body["object"])}`);
  if (!["insert", "update", "upsert", "delete"].includes(operation))
    throw invalidJob(`Invalid operation: ${operation}`);
  const keyName = body["externalIdFieldName"];
  if (operation === "upsert" && (typeof keyName !== "string" || keyField(call.state, object, keyName) === undefined)) {
    throw invalidJob(`Invalid external ID field: ${String(keyName)}`);
  }
  const columnDelimiter = String(body["columnDelimiter"] ?? "COMMA");
  if (delimiters[columnDelimiter] === undefined) throw invalidJob(`Invalid columnDelimiter: ${columnDelimiter}`);
  const info = {
    operation,
    object: object.name,
    createdById: call.userId,
    ...(operation === "upsert" ? { externalIdFieldName: keyName } : {}),
    ...(body["assignmentRuleId"] === undefined ? {} : { assignmentRuleId: body["assignmentRuleId"] }),
    concurrencyMode: "Parallel",
    contentType: "CSV",
    apiVersion: Number.parseFloat(call.version.slice(1)),
    lineEnding: String(body["lineEnding"] ?? "LF"),
    columnDelimiter,
  };
  return json(200, shown(jobs.create(call.state, "ingest", info, "Open")));
}

function invalidJob(message: string): SalesforceFault {
  return new SalesforceFault("INVALIDJOB", `InvalidJob : ${message}`);
}

function shown(job: BulkJob): Readonly<Record<string, unknown>> {
  const { id, state, createdDate, systemModstamp, errorMessage } = job;
  const counts =
    state === "Open" || state === "UploadComplete"
      ? {}
      : {
          jobType: "V2Ingest",
          numberRecordsProcessed: job.processedCount,
          numberRecordsFailed: job.failedCount,
          retries: 0,
          totalProcessingTime: job.processedCount,
          apiActiveProcessingTime: job.processedCount,
          apexProcessingTime: 0,
          ...(errorMessage === undefined ? {} : { errorMessage }),
        };
  const contentUrl = `services/data/v${Number(job.info["apiVersion"]).toFixed(1)}/jobs/ingest/${id}/batches`;
  return { id, ...job.info, createdDate, systemModstamp, state, contentUrl, ...counts };
}

function serveJob(call: ApiCall, jobs: BulkJobs, job: BulkJob): SandboxResponse {
  switch (call.request.method) {
    case "GET":
      if (job.state === "UploadComplete") processUpload(call, job);
      advance(call.state, job);
      return json(200, shown(job));
    case "DELETE":
      if (["UploadComplete", "InProgress"].includes(job.state)) throw invalidJob("Job is being processed");
      jobs.remove(job.id);
      return noContent();
    case "PATCH":
      return changeState(call, job, String(objectBody(call)["state"]));
    default:
      throw notFound();
  }
}

function changeState(call: ApiCall, job: BulkJob, wanted: string): SandboxResponse {
  if (wanted === "Aborted" && (job.state === "Open" || job.state === "UploadComplete")) {
    job.state = "Aborted";
    job.unprocessed = job.upload;
  } else if (wanted === "UploadComplete" && job.state === "Open") {
    job.state = "UploadComplete";
  } else {
    throw new SalesforceFault("INVALIDJOBSTATE", `Job state cannot go from ${job.state} to ${wanted}`);
  }
  job.systemModstamp = stampOf(call.state.clock.now());
  return json(200, shown(job));
}

function upload(call: ApiCall, job: BulkJob): SandboxResponse {
  if (job.state !== "Open" || job.upload !== "") {
    throw new SalesforceFault("INVALIDJOBSTATE", "Found multiple contents for job: data can be uploaded once");
  }
  job.upload = call.request.body;
  return { status: 201, headers: {}, body: "" };
}

/** Writes the rows, when the job is first asked for after its start: nobody may count on their being there any sooner. */
function processUpload(call: ApiCall, job: BulkJob): void {
  const delimiter = delimiters[String(job.info["columnDelimiter"])] ?? ",";
  const object = call.state.catalog.require(String(job.info["object"]));
  const fail = (message: string): void => {
    job.errorMessage = message;
    job.unprocessed = job.upload;
  };
  if (job.info["lineEnding"] === "LF" && job.upload.includes("\r\n")) {
    fail("ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF");
    return;
  }
  let records: string[][];
  try {
    records = parse(job.upload, { delimiter, bom: true, skip_empty_lines: true });
  } catch (error) {
    fail(`InvalidBatch : Failed to parse CSV: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  const [header = [], ...rows] = records;
  const unknown = header.find((name) => name !== "Id" && !isColumn(call, object, name));
  if (unknown !== undefined) {
    fail(`InvalidBatch : Field name not found : ${unknown}`);
    return;
  }
  writeRows(call, job, object, header, rows, delimiter);
}

function isColumn(call: ApiCall, object: ObjectDefinition, name: string): boolean {
  const [relationship = "", key] = name.split(".");
  if (key === undefined) {
    const field = call.state.catalog.field(object, name);
    return field !== undefined && !call.state.hidden.has(`${object.name}.${field.name}`);
  }
  return [...object.fields.values()].some((field) => field.relationshipName === relationship);
}

function writeRows(
  call: ApiCall,
  job: BulkJob,
  object: ObjectDefinition,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  delimiter: string,
): void {
  const context: WriteContext = {
    by: call.userId,
    api: true,
    autoAssign: job.info["assignmentRuleId"] !== undefined,
    allowDuplicates: false,
  };
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)}\n`;
  job.successful = line(["sf__Id", "sf__Created", ...header]);
  job.failed = line(["sf__Id", "sf__Error", ...header]);
  job.unprocessed = line(header);
  for (const cells of rows) {
    job.processedCount += 1;
    const input = inputOf(header, cells);
    try {
      const { id, created } = writeRow(call, job, object, input, context);
      job.successful += line([id, String(created), ...cells]);
    } catch (error) {
      const { statusCode, message, fields } = itemError(error);
      job.failedCount += 1;
      const id = typeof input["Id"] === "string" ? input["Id"] : "";
      job.failed += line([id, `${statusCode}:${message}:${fields.join(",")} --`, ...cells]);
    }
  }
}

/** An empty cell leaves a field alone; `#N/A` clears it; `Account.Ext__c` names a parent by its external id. */
function inputOf(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [index, name] of header.entries()) {
    const cell = cells[index] ?? "";
    if (cell === "") continue;
    const value = cell === "#N/A" ? null : cell;
    const [relationship = "", key] = name.split(".");
    input[relationship] = key === undefined ? value : { [key]: value };
  }
  return input;
}

function writeRow(
  call: ApiCall,
  job: BulkJob,
  object: ObjectDefinition,
  input: Readonly<Record<string, unknown>>,
  context: WriteContext,
): { id: string; created: boolean } {
  const { Id, ...values } = input;
  const { state } = call;
  switch (job.info["operation"]) {
    case "insert":
      return { id: createRecord(state, object, values, context), created: true };
    case "update": {
      const id = requireId(String(Id));
      updateRecord(state, object, id, values, context);
      return { id, created: false };
    }
    case "delete": {
      const id = requireId(String(Id));
      deleteRecord(state, object, id, context);
      return { id, created: false };
    }
    default: {
      const field = keyField(state, object, String(job.info["externalIdFieldName"]));
      if (field === undefined) throw invalidJob("Invalid external ID field");
      const key = input[field.name];
      const { [field.name]: _, ...rest } = values;
      return upsertRecord(state, object, field, key, rest, context);
    }
  }
}

function csv(body: string): SandboxResponse {
  return { status: 200, headers: { "Content-Type": "text/csv" }, body };
}
