/** Whose turn comes first when calls or time are short. */
import { expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import { PRIORITY } from "../../../src/core/model/priority.ts";
import type { CrmRecord } from "../../../src/core/model/record.ts";
import type { Stage } from "../../../src/core/model/rulebook.ts";
import { choosePriority } from "../../../src/core/sync/choose-priority.ts";
import { rulebook } from "../rules/rule-subjects.ts";

const book = rulebook();
const spelt = (stage: Stage): string => book.lifecycle.names.find((names) => names.stage === stage)?.hubspot ?? "";
const ownFields = { stage: { hubspot: "lifecyclestage", salesforce: "Stage" } } as Parameters<
  typeof choosePriority
>[3]["ownFields"];
const record = (stage: string | null): CrmRecord => ({
  ref: { system: "hubspot", object: "contacts", id: "1" },
  fate: { kind: "live" },
  fields: { lifecyclestage: stage },
  createdAt: "",
  modifiedAt: "",
  version: "",
});
const link = (stage: Stage | null, total = 0): Link =>
  ({ stage: stage === null ? null : { stage }, score: { total } }) as unknown as Link;

test.each<[string, CrmRecord, Link | undefined, boolean, keyof typeof PRIORITY]>([
  ["a stranger who is an MQL", record(spelt("mql")), undefined, false, "hot"],
  ["a lead who became one", record(spelt("mql")), link("lead"), false, "hot"],
  ["an MQL whom sales has not taken", record(spelt("mql")), link("mql"), false, "hot"],
  ["a lead whose score has reached the line", record(spelt("lead")), link("lead", book.scoring.mqlAt), false, "hot"],
  ["somebody whom sales has taken", record(spelt("mql")), link("opportunity", 90), false, "ordinary"],
  ["a lead", record(spelt("lead")), link("lead", 10), false, "ordinary"],
  ["somebody without a stage", record(null), undefined, false, "ordinary"],
  ["an MQL among everybody", record(spelt("mql")), undefined, true, "backfill"],
])("%s", (_who, read, known, backfill, expected) => {
  expect(choosePriority(read, known, backfill, { rulebook: book, ownFields })).toBe(PRIORITY[expected]);
});
