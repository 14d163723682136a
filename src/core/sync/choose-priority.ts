/** Decides whose turn comes first when calls or time are short: hot leads, then the ordinary, then a backfill. */
import type { Link } from "../model/link.ts";
import type { OwnFields } from "../model/mapping.ts";
import { PRIORITY, type Priority } from "../model/priority.ts";
import type { CrmRecord } from "../model/record.ts";
import type { Rulebook } from "../model/rulebook.ts";
import { readStage } from "../rules/stage-spelling.ts";
import { isExit, MQL_RANK, rankOf } from "../rules/stages.ts";

/**
 * A lead is hot when sales waits for it: it is an MQL in its record or in ours and sales has not taken it, or its score has reached the line.
 * `backfill`: everybody is being read, not only who changed.
 */
export function choosePriority(
  record: CrmRecord,
  link: Link | undefined,
  backfill: boolean,
  rules: { readonly rulebook: Pick<Rulebook, "lifecycle" | "scoring">; readonly ownFields: OwnFields },
): Priority {
  // In a first load every old MQL would be hot, and hot would mean nothing.
  if (backfill) return PRIORITY.backfill;
  const { lifecycle, scoring } = rules.rulebook;
  const { system } = record.ref;
  const known = link?.stage ?? null;
  const read = readStage(lifecycle, system, record.fields[rules.ownFields.stage[system]] ?? null, known?.stage ?? null);
  const said = read.kind === "known" && !isExit(read.stage) ? rankOf(read.stage) : 0;
  const reached = known === null || isExit(known.stage) ? 0 : rankOf(known.stage);
  const waits = Math.max(said, reached) === MQL_RANK;
  const crossed = reached < MQL_RANK && (link?.score?.total ?? 0) >= scoring.mqlAt;
  return waits || crossed ? PRIORITY.hot : PRIORITY.ordinary;
}
