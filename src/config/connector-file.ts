/** The shape of config/connector.yml: timing, limits, safety, LeadLoop's own fields and the read-only facts that rules look at. */
import * as z from "zod";
import type { ConnectorSettings } from "../core/model/connector-settings.ts";
import type { FactSource } from "../core/model/fact-source.ts";
import type { OwnFields } from "../core/model/mapping.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";
import { STAGES } from "../core/model/rulebook.ts";
import { amount, choice, fieldName, fieldPath, share, whole } from "./file-shapes.ts";

const FACT_TYPES = ["text", "number", "boolean", "date", "datetime", "set"] as const;

const timing = z.strictObject({
  "overlap-seconds": whole(0, 3600, "seconds")
    .default(300)
    .describe("How far every read reaches back before the last one."),
  "settled-lag-seconds": z
    .strictObject({
      hubspot: whole(0, 86_400, "seconds").default(3600),
      salesforce: whole(0, 86_400, "seconds").default(600),
    })
    .prefault({})
    .describe("How old changes are when they are read a second time, to find those that were indexed late."),
  "quarantine-seconds": whole(0, 3600, "seconds")
    .default(90)
    .describe("How long a record is left alone after a write whose answer was lost."),
  "verify-after-seconds": whole(0, 3600, "seconds")
    .default(20)
    .describe("When a two-way value written to HubSpot is read back, to see whether it ran over an edit."),
  "lease-seconds": whole(5, 3600, "seconds")
    .default(120)
    .describe("How long a run owns its job without a sign of life."),
  "time-budget-seconds": whole(5, 86_400, "seconds")
    .default(720)
    .describe("When a run stops at a clean checkpoint; the next one goes on from there."),
  "request-timeout-seconds": whole(1, 300, "seconds").default(25).describe("How long one call may take."),
  "archived-sweep-hours": whole(1, 720, "hours")
    .default(24)
    .describe("How often HubSpot's archived contacts are looked through."),
  "reconcile-days": whole(0, 365, "days")
    .default(7)
    .describe("How often everybody is read and compared with those LeadLoop knows; 0 for never."),
  "schema-max-age-hours": whole(1, 720, "hours").default(24).describe("How often field lists are read again."),
});

const callLimits = (perRun: number) =>
  z
    .strictObject({
      "per-run": whole(1, 10_000_000, "calls").default(perRun),
      "per-day": whole(1, 100_000_000, "calls")
        .optional()
        .describe("Most calls of LeadLoop's own in 24 hours; none if left out."),
      "daily-reserve-share": share().default(0.2),
    })
    .prefault({});

const pace = z.strictObject({
  hubspot: z
    .strictObject({
      burst: whole(1, 10_000, "calls").default(150),
      "burst-seconds": whole(1, 60, "seconds").default(10),
      "search-per-second": amount(0.1, 100, "searches a second").default(4),
      concurrency: whole(1, 50, "calls").default(4),
    })
    .prefault({}),
  salesforce: z.strictObject({ concurrency: whole(1, 25, "calls").default(4) }).prefault({}),
});

const bulk = z
  .strictObject({
    "from-records": whole(0, 1_000_000, "records")
      .default(2_000)
      .describe("So many waiting people, and so many records in a job, make a job worth its calls; 0 for never."),
    "read-from-records": whole(0, 100_000_000, "records")
      .default(50_000)
      .describe("An object of so many records is read as a whole by a query job, page by page below it; 0 for never."),
    "job-records": whole(1, 50_000, "records").default(10_000).describe("Most records of one job."),
    "poll-seconds": whole(1, 600, "seconds").default(10).describe("How often a job is asked how far it is."),
    "wait-seconds": whole(0, 3_600, "seconds")
      .default(120)
      .describe("How long a run that has nothing else to do waits for a job; then the next run reads its outcome."),
    "lost-after-seconds": whole(1, 86_400, "seconds")
      .default(900)
      .describe("When a person in a job of which nothing was heard is looked up."),
  })
  .prefault({})
  .describe("Salesforce's Bulk API 2.0, for first loads and other backlogs.");

const both = (example: string) =>
  z.strictObject({ hubspot: fieldName(example), salesforce: fieldName("LeadLoop_Key__c") });

const ownFieldsShape = z.strictObject({
  key: both("leadloop_key").describe("LeadLoop's key on both records; unique on both sides."),
  stage: both("lifecyclestage").describe("The lifecycle stage."),
  epoch: fieldName("LeadLoop_Epoch__c").describe("The cycle a person is in (Salesforce)."),
  score: both("leadloop_score"),
  band: both("leadloop_band"),
  reasons: both("leadloop_reasons"),
  cause: fieldName("LeadLoop_Cause__c").describe(
    "The cause of a task (Salesforce Task); unique, so that no task is there twice.",
  ),
  outcome: fieldName("leadloop_outcome").describe("What became of the person (HubSpot)."),
  "outcome-at": fieldName("leadloop_outcome_at"),
  "outcome-amount": fieldName("leadloop_outcome_amount"),
  "outcome-currency": fieldName("leadloop_outcome_currency")
    .optional()
    .describe(
      "The code of that amount's currency, such as EUR (HubSpot); leave it out where Salesforce works in one currency.",
    ),
  "recycle-reason": fieldName("leadloop_recycle_reason"),
  "next-step": fieldName("leadloop_next_step")
    .default("leadloop_next_step")
    .describe("The e-mail step that HubSpot's workflows listen to (HubSpot)."),
  segments: both("leadloop_segments")
    .optional()
    .describe(
      "The shown segments that the person is in, joined by semicolons; leave it out where nobody wants to see them.",
    ),
  deleted: both("leadloop_deleted")
    .optional()
    .describe(
      "That the record in the other system was deleted (mappings with `on-delete: flag`); leave it out where no mapping flags deletions.",
    ),
  entered: z
    .partialRecord(choice(STAGES, "a stage"), both("leadloop_mql_at"))
    .default({})
    .describe("When the person last entered a stage; leave out the stages that have no fields for it."),
});

const factShape = (field: z.ZodString) =>
  z.strictObject({
    name: fieldName("last_visit").describe("The fact's name in conditions."),
    field,
    type: choice(FACT_TYPES, "a type of fact"),
  });

const factsShape = z.strictObject({
  hubspot: z
    .array(factShape(fieldName("hs_analytics_last_visit_timestamp").describe("HubSpot's own name of it.")))
    .default([]),
  salesforce: z
    .array(
      factShape(
        fieldPath("LeadSource").describe(
          "Salesforce's own name of it, or one over a relation: `Account.Name` of a contact's account. Such a fact may bear the name of a mapped field of the same kind, for objects whose mapping does not have it.",
        ),
      ),
    )
    .default([]),
});

export const connectorShape = z.strictObject({
  timing: timing.prefault({}),
  calls: z.strictObject({ hubspot: callLimits(20_000), salesforce: callLimits(5_000) }).prefault({}),
  pace: pace.prefault({}),
  bulk,
  "chunk-size": whole(1, 2_000, "people").default(500).describe("People that are decided and written together."),
  "tie-side": choice(SYSTEMS as readonly ["hubspot", "salesforce"], "a system")
    .default("salesforce")
    .describe("Who wins a two-way field when nobody can say which edit was later."),
  "default-country": z
    .string()
    .regex(/^[A-Z]{2}$/, {
      error: ({ input }) => `"${String(input)}" is not a country code; write two capital letters, such as US`,
    })
    .default("US")
    .describe("The country of phone numbers that are written without one."),
  "time-zone": z
    .string()
    .refine(isTimeZone, {
      error: ({ input }) => `"${String(input)}" is not a time zone; write one such as Europe/Berlin or UTC`,
    })
    .default("UTC")
    .describe("The zone that says which calendar day an instant falls on."),
  "own-fields": ownFieldsShape.describe("The names of the fields that carry LeadLoop's own marks."),
  facts: factsShape.prefault({}).describe("Fields that rules look at and nobody syncs."),
});

export type ConnectorFile = z.infer<typeof connectorShape>;

export function toConnectorSettings(shape: ConnectorFile): ConnectorSettings {
  const { timing: t, pace: p, bulk: b } = shape;
  return {
    overlapSeconds: t["overlap-seconds"],
    settledLagSeconds: t["settled-lag-seconds"],
    quarantineSeconds: t["quarantine-seconds"],
    verifyAfterSeconds: t["verify-after-seconds"],
    leaseSeconds: t["lease-seconds"],
    timeBudgetSeconds: t["time-budget-seconds"],
    requestTimeoutSeconds: t["request-timeout-seconds"],
    archivedSweepHours: t["archived-sweep-hours"],
    reconcileDays: t["reconcile-days"],
    schemaMaxAgeHours: t["schema-max-age-hours"],
    tieSide: shape["tie-side"],
    chunkSize: shape["chunk-size"],
    calls: { hubspot: callsOf(shape, "hubspot"), salesforce: callsOf(shape, "salesforce") },
    hubspot: {
      burst: p.hubspot.burst,
      burstSeconds: p.hubspot["burst-seconds"],
      searchPerSecond: p.hubspot["search-per-second"],
      concurrency: p.hubspot.concurrency,
    },
    salesforce: { concurrency: p.salesforce.concurrency },
    bulk: {
      fromRecords: b["from-records"],
      readFromRecords: b["read-from-records"],
      jobRecords: b["job-records"],
      pollSeconds: b["poll-seconds"],
      waitSeconds: b["wait-seconds"],
      lostAfterSeconds: b["lost-after-seconds"],
    },
  };
}

function callsOf(shape: ConnectorFile, system: System): ConnectorSettings["calls"][System] {
  const { "per-run": perRun, "per-day": perDay = null, "daily-reserve-share": dailyReserveShare } = shape.calls[system];
  return { perRun, perDay, dailyReserveShare };
}

export function toOwnFields(shape: ConnectorFile): OwnFields {
  const own = shape["own-fields"];
  return {
    key: own.key,
    stage: own.stage,
    epoch: own.epoch,
    score: own.score,
    band: own.band,
    reasons: own.reasons,
    cause: own.cause,
    outcome: own.outcome,
    outcomeAt: own["outcome-at"],
    outcomeAmount: own["outcome-amount"],
    outcomeCurrency: own["outcome-currency"] ?? null,
    recycleReason: own["recycle-reason"],
    nextStep: own["next-step"],
    segments: own.segments ?? null,
    deleted: own.deleted ?? null,
    entered: own.entered,
  };
}

export function toFacts(shape: ConnectorFile): Readonly<Record<System, readonly FactSource[]>> {
  return shape.facts;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
