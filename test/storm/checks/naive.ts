/** How the checkers read a value: as simply as possible, and in their own way. */

import type { ConflictEntry } from "../../../src/core/model/ledger.ts";
import type { Link } from "../../../src/core/model/link.ts";
import type { SandboxRequest } from "../../../src/sandbox/exchange.ts";
import type { StoredRecord } from "../../../src/sandbox/salesforce/field-definition.ts";
import type { Evidence } from "../evidence.ts";
import type { StormField } from "../storm-fields.ts";

/** Two values that mean the same are the same text. */
export function meaning(kind: StormField["kind"], value: unknown): string {
  // `when-missing` of the mapping: Salesforce insists on a value and none is known.
  const text = value === undefined || value === null || value === "[unknown]" ? "" : String(value).trim();
  switch (kind) {
    case "phone": {
      const digits = text.replace(/\D/g, "");
      return digits.length === 10 ? `1${digits}` : digits;
    }
    case "boolean":
      return text === "" ? "false" : text;
    case "set":
      return text
        .split(";")
        .filter((part) => part !== "")
        .sort()
        .join(";");
    case "integer":
      return text === "" ? "" : String(Number(text));
    default:
      return text;
  }
}

/** Both records of a linked person that are still there. */
export interface Pair {
  readonly link: Link;
  readonly contact: Readonly<Record<string, string>>;
  readonly record: StoredRecord;
  readonly object: "Lead" | "Contact";
}

export function pairsOf({ state, systems }: Evidence): Pair[] {
  return state.links.flatMap((link): Pair[] => {
    if (link.state !== "linked" || link.hubspotId === null || link.salesforceId === null) return [];
    const object = link.salesforceObject === "Contact" ? "Contact" : "Lead";
    const contact = systems.hubspot.contact(link.hubspotId);
    const record = systems.salesforce.record(object, link.salesforceId);
    if (contact === undefined || contact.archived || record === undefined || record["IsDeleted"] === true) return [];
    return [{ link, contact: contact.properties, record, object }];
  });
}

/** Why a field of a person may differ: somebody has been told, of the person or of the field as a whole. */
export function isSetAside({ state, invocations }: Evidence, link: Link, names: readonly string[]): boolean {
  const reasons = invocations.flatMap(({ result }) => result?.reasons ?? []);
  if (
    names.some((name) =>
      reasons.some(
        (reason) =>
          reason.includes(`${name} of ${link.salesforceObject} was `) || reason.includes(`${name} of contacts was `),
      ),
    )
  )
    return true;
  const rejected = state.rejects.some(
    (reject) =>
      reject.link === link.id && (reject.fields.length === 0 || reject.fields.some((field) => names.includes(field))),
  );
  return rejected || names.some((name) => link.fields[name]?.held !== undefined);
}

/** Conflicts that the state tells of, and those it told of before it was put back from a backup that knew nothing of them, or of the link. */
export function conflictsOf({ state, storeLog, putBack }: Evidence, { link }: Pair): readonly ConflictEntry[] {
  const known = state.conflicts.filter((row) => row.link === link.id);
  if (putBack === null) return known;
  const forgotten = storeLog.flatMap(({ method, at, given }) => {
    if (method !== "commitDecisions" || at > putBack.at) return [];
    const { links, conflicts } = given[1] as { links: readonly Link[]; conflicts: readonly ConflictEntry[] };
    const same = links.filter((one) => one.hubspotId === link.hubspotId || one.salesforceId === link.salesforceId);
    return conflicts.filter((row) => same.some(({ id }) => id === row.link));
  });
  return [...known, ...forgotten];
}

/** Something that the state knew and does not know any more: it happened after the backup that was put back later. */
export function isForgotten({ putBack }: Evidence, at: number): boolean {
  return putBack !== null && at > putBack.to && at <= putBack.at;
}

/** The links as they had been stored until then, each as often as it was; without those that the state had forgotten again when it was put back from a backup. */
export function linksStored({ storeLog, putBack }: Evidence, until: number): readonly Link[] {
  return storeLog
    .filter(({ method, at }) => ["commitDecisions", "commitOutcomes"].includes(method) && at < until)
    .filter(({ at }) => putBack === null || putBack.at >= until || at <= putBack.to || at > putBack.at)
    .flatMap(({ given }) => (given[1] as { links: readonly Link[] }).links);
}

/**
 * Section 2.1: a side is judged by what it holds when it is read, and a read counts once its run has decided about the link: what a run saw that died before
 * is known to nobody. Nor is anything decided about somebody who was deleted on one side: when they are back, both sides meet with what they hold then.
 */
export function hasDecided({ invocations, storeLog }: Evidence, invocation: number, link: string): boolean {
  const run = invocations.find(({ number }) => number === invocation);
  const mine = storeLog
    .filter(({ method }) => method === "commitDecisions")
    .flatMap(({ at, invocation: by, given }) => {
      const { links } = given[1] as { links: readonly Link[] };
      return links.filter(({ id }) => id === link).map(({ state }) => ({ at, by, state }));
    });
  const own = mine.filter(({ by }) => by === invocation);
  const until = run?.endedAt ?? Math.max(...own.map(({ at }) => at));
  if (mine.findLast(({ at }) => at <= until)?.state === "tombstoned") return false;
  return own.length > 0 || ["done", "needs-attention"].includes(run?.result?.outcome ?? "");
}

/** What is asked of field history tells of values that were there, not of what a record holds. */
export function asksHistory({ path, query }: SandboxRequest): boolean {
  return path.endsWith("/query") && /History\b/.test(query.get("q") ?? "");
}
