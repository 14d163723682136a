/** Tells a person's story to a reader: who they are, how they came to their stage and score, and where each value came from. */
import type { Loaded } from "../config/load-config.ts";
import type { FollowUpEvent } from "../core/model/follow-up.ts";
import { COMPANY_RULE, CURRENT_OWNER, type HandoffEntry, MERGED_AWAY } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { NoticeEntry } from "../core/model/notice.ts";
import type { Value } from "../core/model/record.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { type ExplainedField, type ExplainedPerson, explainPerson } from "./explain-person.ts";
import { conflictLine, rejectLine, shownValue } from "./plan-text.ts";
import { COLORS, heading, moment, table, wrapped } from "./terminal.ts";

/** Everything about one person as text of about 80 columns. Reads the state alone. */
export async function explainText(store: StateStore, loaded: Loaded, link: Link): Promise<string> {
  return personText(await explainPerson(store, loaded, link), link);
}

export function personText(explained: ExplainedPerson, link: Link): string {
  const names = new Map([[link.id, link.name]]);
  return [
    whoText(explained),
    ...section("Next", nextText(explained)),
    ...section(
      "Stops",
      listed(explained.stops.map(({ rule, stops, because }) => `no ${stops.join(", ")}: ${because} (rule ${rule})`)),
    ),
    ...section("Stage", stageText(explained)),
    ...section("Score", scoreText(explained)),
    ...section("Owner", ownerText(explained)),
    ...section("Handoffs", handoffsText(explained)),
    ...section("Tasks", tasksText(explained)),
    ...section("Opportunities", opportunitiesText(explained)),
    ...section("Followed up", followUpText(explained)),
    ...section("Told", listed(explained.notices.map(noticeLine))),
    ...section("Segments", listed(explained.segments.map(({ segment, since }) => `${segment} since ${moment(since)}`))),
    ...section(
      "Conflicts",
      listed(explained.conflicts.map((entry) => `${moment(entry.at)}  ${conflictLine(entry, names)}`)),
    ),
    ...section("Rejects", listed(explained.rejects.map((entry) => `${moment(entry.at)}  ${rejectLine(entry)}`))),
    ...section("Values", valuesText(explained.fields)),
  ].join("\n\n");
}

function section(title: string, body: string | null): string[] {
  return body === null || body === "" ? [] : [`${heading(title)}\n${body}`];
}

function listed(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.map((line) => wrapped(line, 4, 2)).join("\n");
}

function whoText({ person, formerly, absent, deletion, facts }: ExplainedPerson): string {
  const { name, email, state, hubspotId, salesforceObject, salesforceId, id, firstSeenAt, quarantine } = person;
  const work = ["jobtitle", "company", "country"].flatMap((fact) => facts[fact] ?? []).join(", ");
  const ids = [
    `HubSpot contact ${hubspotId ?? "none"}`,
    salesforceId === null ? "no Salesforce record" : `Salesforce ${salesforceObject ?? ""} ${salesforceId}`,
  ];
  const waits = Object.entries(quarantine).map(
    ([system, until]) => `no write to ${system} before ${moment(until)}, until the last one is confirmed`,
  );
  return [
    `${heading(name)}${email === null || email === name ? "" : ` <${email}>`}`,
    ...(work === "" ? [] : [wrapped(work, 2, 2)]),
    `  ${ids.join(" · ")} · ${state}`,
    `  key ${id}, first seen ${moment(firstSeenAt)}`,
    ...formerly.map((record) => wrapped(formerRecord(record), 4, 2)),
    ...(absent === null ? [] : [wrapped(absent, 4, 2)]),
    ...(deletion === null ? [] : [wrapped(`deleted on one side: ${deletion}`, 4, 2)]),
    ...waits.map((wait) => `  ${wait}`),
  ].join("\n");
}

function formerRecord({ system, oldId, cause }: ExplainedPerson["formerly"][number]): string {
  if (cause === "convert") return `was Salesforce Lead ${oldId} until the lead was converted`;
  return `${system === "hubspot" ? "HubSpot contact" : "Salesforce record"} ${oldId} was merged into this one`;
}

function stageText({ stage, stages }: ExplainedPerson): string | null {
  if (stage === null) return null;
  const now = wrapped(`${stage.stage} since ${moment(stage.since)} (cycle ${stage.epoch}): ${stage.reason}`, 4, 2);
  const cycles = stages.some(({ epoch }) => epoch > 1);
  const entries = stages.map((event) => {
    const score = event.score === null ? "" : `, score ${event.score} ${event.band ?? ""}`.trimEnd();
    const cycle = cycles ? ` in cycle ${event.epoch}` : "";
    return `${moment(event.at)}  ${event.stage}${cycle}${score}, by ${event.side}: ${event.reason}`;
  });
  return [now, ...entries.map((entry) => wrapped(entry, 4, 2))].join("\n");
}

function scoreText({ score, scores }: ExplainedPerson): string | null {
  if (score === null) return null;
  const next =
    score.nextChangeAt === null ? "does not change by itself" : `next change by itself ${moment(score.nextChangeAt)}`;
  const reasons = score.reasons.map(({ points, text, rule }) => [
    `${points > 0 ? "+" : ""}${points}`,
    text,
    COLORS.dim(rule),
  ]);
  const head = `  ${score.total} (${score.band}): fit ${score.fit}, engagement ${score.engagement}; ${next}`;
  const why = reasons.length === 0 ? [] : [table(reasons, { right: [0], indent: 2 })];
  return [wrapped(head.trim(), 4, 2), ...why, ...scoreHistory(scores)].join("\n");
}

/** Most scores of the past that are told; `--json` has all. */
const MOST_SCORES = 8;

function scoreHistory(scores: ExplainedPerson["scores"]): string[] {
  if (scores.length < 2) return [];
  const shown = scores.slice(-MOST_SCORES).map(({ at, score, band }) => `${at.slice(0, 10)} ${score} ${band}`.trim());
  const before = scores.length > MOST_SCORES ? "… · " : "";
  return [wrapped(`Shown so far: ${before}${shown.join(" · ")}`, 4, 2)];
}

function nextText({ next, person }: ExplainedPerson): string {
  if (next.length === 0 && person.state === "tombstoned") return "  nothing any more: a record was deleted";
  if (next.length === 0) return "  nothing, until somebody does something";
  return next.map(({ at, what }) => wrapped(`${at === null ? "waiting" : moment(at)}  ${what}`, 4, 2)).join("\n");
}

function ownerText({ owner }: ExplainedPerson): string {
  return owner === null ? "  nobody yet" : wrapped(`${owner.email}: ${owner.because}`, 4, 2);
}

function followUpText({ cadences, events }: ExplainedPerson): string | null {
  const runs = cadences.map(({ cadence, startedAt, taken, steps, state, because }) => {
    const ended = because === null ? state : `${state}: ${because}`;
    return `${moment(startedAt)}  ${cadence}, ${taken} of ${steps ?? "its"} steps, ${ended}`;
  });
  return listed([...runs, ...events.map(eventLine)]);
}

/** Steps whose text says by itself what was done. */
const SELF_EXPLAINED: ReadonlySet<FollowUpEvent["kind"]> = new Set(["left", "finished", "skipped", "segment", "slow"]);

function eventLine({ at, kind, text }: FollowUpEvent): string {
  if (kind === "email") return `${moment(at)}  e-mail asked of HubSpot: ${text}`;
  // A step that is called by its channel is named once.
  return `${moment(at)}  ${SELF_EXPLAINED.has(kind) ? text.replace(/^(\S+) \1 /, "$1 ") : `${kind}: ${text}`}`;
}

function noticeLine({ at, kind, title, ownerEmail, managerEmail, state, detail }: NoticeEntry): string {
  const people = [ownerEmail, managerEmail].filter((email) => email !== null).join(", ");
  return `${moment(at)}  ${kind}: ${title}${people === "" ? "" : ` · ${people}`} · ${state}${detail === null ? "" : ` (${detail})`}`;
}

/** Blank fields that nothing ever happened to are left out; `--json` has all. */
function valuesText(fields: readonly ExplainedField[]): string {
  const told = fields.filter((field) => !isQuietBlank(field));
  const width = Math.max(0, ...told.map(({ field }) => field.length));
  return told
    .map((field) => {
      const name = `${field.field.padEnd(width)}  ${shownValue(field.value)}`;
      return wrapped(`${name}  ${COLORS.dim(`${field.rule}: ${fateText(field)}`)}`, width + 4, 2);
    })
    .join("\n");
}

function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "";
}

function isQuietBlank({ value, base, pending, held, lastWrite }: ExplainedField): boolean {
  return isBlank(value) && isBlank(base) && pending === null && held === null && lastWrite === null;
}

function fateText(field: ExplainedField): string {
  const { origin, lastWrite, pending, held, base, value } = field;
  const parts: string[] = [];
  if (origin !== null) parts.push(`entered in ${origin.side} ${moment(origin.hi)}`);
  if (lastWrite !== null) parts.push(`written to ${lastWrite.system} ${moment(lastWrite.at)} by ${lastWrite.rule}`);
  if (pending !== null) {
    const missing = Object.entries(pending.delivered).flatMap(([system, there]) => (there ? [] : [system]));
    parts.push(
      `on its way: ${shownValue(pending.target)}${missing.length === 0 ? "" : ` to ${missing.join(" and ")}`}`,
    );
  }
  if (base !== undefined && !isSameToReader(base, value)) parts.push(`last agreed: ${shownValue(base)}`);
  if (held !== null) parts.push(`held: ${held.reason}`);
  if (parts.length === 0) return base === undefined ? "known to one side" : "both sides agreed from the start";
  return parts.join("; ");
}

/** A checkbox cannot be blank: false says the same there. */
function isSameToReader(base: Value, value: Value | undefined): boolean {
  return base === value || (isBlank(value) && (isBlank(base) || base === "false"));
}

function handoffsText({ handoffs, stages }: ExplainedPerson): string | null {
  return listed(
    handoffs.map((handoff) => {
      const ended =
        handoff.endedAt === null
          ? `due ${moment(handoff.deadline)}`
          : `${moment(handoff.endedAt)} ${endWords(handoff, stages)}`;
      return `${moment(handoff.at)}  to ${handoff.ownerEmail} (${routedBy(handoff.routedBy)}): ${handoff.outcome}, ${ended}`;
    }),
  );
}

/** A rejection is told with its reason; whose word the rest was. */
function endWords({ outcome, epoch, endedBy }: HandoffEntry, stages: ExplainedPerson["stages"]): string {
  if (outcome === "withdrawn")
    return endedBy === MERGED_AWAY ? "because the person was merged into another" : "because the record was deleted";
  if (outcome === "late") return "because nobody reacted in time";
  const back = outcome === "rejected" ? stages.find((event) => event.epoch > epoch) : undefined;
  return back === undefined ? `by ${endedBy ?? "nobody"}` : `for the reason "${back.reason}"`;
}

/** The rule's name, or what stands in its place. */
function routedBy(rule: string): string {
  if (rule === COMPANY_RULE) return "who looks after the company";
  return rule === CURRENT_OWNER ? "who owned them already" : `rule ${rule}`;
}

function tasksText({ tasks }: ExplainedPerson): string | null {
  return listed(
    tasks.map((task) => {
      const state = task.state === "suppressed" ? task.reason : (task.status ?? task.state);
      const closed =
        task.closedAt === null ? "" : `, closed ${moment(task.closedAt)}${task.closedByUs ? " by LeadLoop" : ""}`;
      return `${moment(task.createdAt)}  ${task.subject} · ${task.ownerEmail} · due ${task.dueOn} · ${state}${closed}${task.salesforceId === null ? "" : ` · ${task.salesforceId}`}`;
    }),
  );
}

function opportunitiesText({ opportunities }: ExplainedPerson): string | null {
  return listed(
    opportunities.map((deal) => {
      const amount =
        deal.amount === null
          ? "no amount"
          : `${deal.amount.toLocaleString("en")}${deal.currency === null ? "" : ` ${deal.currency}`}`;
      const lost = deal.lostReason === null ? "" : ` (${deal.lostReason})`;
      const through =
        deal.through === "account" ? "its account (nobody has a contact role on it)" : `the ${deal.through}`;
      const whose = deal.counts ? "" : "; its amount counts for a colleague";
      const products = deal.products == null ? "" : ` · ${deal.products.replaceAll(";", ", ")}`;
      return `${deal.name}${products} · ${deal.stageName}${lost} since ${moment(deal.stageAt)} · ${amount} · ${deal.opportunityId}, through ${through}${whose}`;
    }),
  );
}
