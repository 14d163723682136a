/** Counts what LeadLoop did between the two systems: whom it scored, to whom it gave leads, what it did about silence, whom it followed up and whom it left alone. */
import type { Loaded } from "../../config/load-config.ts";
import type { CadenceRun, FollowUpEvent } from "../../core/model/follow-up.ts";
import { COMPANY_RULE, CURRENT_OWNER, FALLBACK_RULE, type HandoffEntry } from "../../core/model/ledger.ts";
import type { Link } from "../../core/model/link.ts";
import type { Instant } from "../../core/model/record.ts";
import { membershipsOf } from "../../core/rules/segment-membership.ts";
import { suppressionsOf } from "../../core/rules/suppression.ts";
import type { StateStore } from "../../jobs/state-port.ts";
import { countText } from "../../report/figure-format.ts";
import { table } from "../terminal.ts";

const PAGE = 500;
/** Names that a line tells before the rest is only counted. */
const MOST_NAMES = 4;

class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get sum(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** All of them, by name. */
  get byName(): string {
    const sorted = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([name, count]) => `${name} ${countText(count)}`).join(", ");
  }

  /** The most frequent ones, `15 by this, 4 by that, 3 other`. */
  get text(): string {
    const sorted = [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const named = sorted.slice(0, MOST_NAMES).map(([name, count]) => `${countText(count)} ${name}`);
    const rest = sorted.slice(MOST_NAMES).reduce((sum, [, count]) => sum + count, 0);
    return [...named, ...(rest === 0 ? [] : [`${countText(rest)} other`])].join(", ");
  }
}

interface MiddleLayer {
  readonly bands: Counts;
  readonly routes: Counts;
  readonly events: Counts;
  readonly cadences: Counts;
  readonly stops: Counts;
  readonly segments: Counts;
}

/** One line for each part of the middle layer. Reads the state alone. */
export async function middleText(store: StateStore, loaded: Loaded, now: Instant): Promise<string> {
  const found: MiddleLayer = {
    bands: new Counts(),
    routes: new Counts(),
    events: new Counts(),
    cadences: new Counts(),
    stops: new Counts(),
    segments: new Counts(),
  };
  let after: string | null = null;
  for (;;) {
    const links: readonly Link[] = await store.scanLinks(after, PAGE);
    const ids = links.map(({ id }) => id);
    after = ids.at(-1) ?? null;
    if (after === null) break;
    for (const link of links) countPerson(found, link, loaded, now);
    for (const handoff of await store.handoffsOf(ids)) found.routes.add(routeOf(handoff));
    for (const event of await store.followUpEventsOf(ids)) found.events.add(event.kind);
    for (const run of await store.cadenceRunsOf(ids)) found.cadences.add(cadenceOf(run, loaded));
  }
  return textOf(found);
}

function countPerson({ bands, stops, segments }: MiddleLayer, link: Link, { rulebook }: Loaded, now: Instant): void {
  if (link.state === "superseded" || link.state === "erased") return;
  if (link.score !== null) bands.add(link.score.band);
  for (const segment of membershipsOf(link.facts).keys()) segments.add(segment);
  const facts = { ...link.facts, stage: link.stage?.stage ?? null };
  for (const { name } of suppressionsOf(rulebook.suppression, facts, now)) stops.add(name);
}

function routeOf({ routedBy }: HandoffEntry): string {
  if (routedBy === CURRENT_OWNER) return "to whoever owned them";
  if (routedBy === COMPANY_RULE) return "to whoever has the company";
  return routedBy === FALLBACK_RULE ? "to the queue" : `by ${routedBy}`;
}

function cadenceOf({ cadence }: CadenceRun, { rulebook }: Loaded): string {
  return rulebook.followUps.cadences.find(({ name }) => name === cadence)?.name ?? "by cadences that are gone";
}

const RUNGS = ["remind", "escalate", "reassign", "last-touch", "recycle"] as const;

function textOf({ bands, routes, events, cadences, stops, segments }: MiddleLayer): string {
  const of = (kind: FollowUpEvent["kind"]): string => countText(events.of(kind));
  const ladder = `silent owners: ${of("remind")} reminded, ${of("escalate")} managers told, ${of("reassign")} leads given on, ${of("last-touch")} last e-mails, ${of("recycle")} back to marketing`;
  const steps = `${of("email")} e-mails asked of HubSpot, ${of("task")} tasks; ${of("skipped")} left out, each with its reason; ${of("left")} people jumped out`;
  const rows = [
    ["scores", bands.sum, bands.byName],
    ["routing", routes.sum, routes.text],
    ["SLA ladder", RUNGS.reduce((sum, kind) => sum + events.of(kind), 0), ladder],
    ["cadences", cadences.sum, cadences.text],
    ["their steps", events.of("email") + events.of("task"), steps],
    ["suppressed", stops.sum, stops.text],
    ["segments", segments.sum, segments.text],
  ] as const;
  return table(
    rows.map(([name, count, text]) => [name, countText(count), text]),
    { right: [1], indent: 2 },
  );
}
