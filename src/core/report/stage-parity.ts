/** The count of each stage according to each system and to LeadLoop, and every difference by person and cause. */
import { assertNever } from "../errors.ts";
import type { UnshownCause } from "../model/link.ts";
import { SYSTEMS, type System } from "../model/record.ts";
import type { DealRow, ReportPerson } from "../model/report-row.ts";
import { STAGES, type Stage, type StageNames } from "../model/rulebook.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import type { CountRecording } from "./count-recording.ts";

/** Facts that hold the stage as each record showed it when it was last read, or as an answer to our write confirmed it, in that system's own spelling. */
const STAGE_FACTS: Readonly<Record<System, string>> = {
  hubspot: "hubspot_stage",
  salesforce: "salesforce_stage",
};

/** One stage, or one way not to have one: every person is in one row of each column. */
export interface ParityRow {
  readonly stage: string;
  readonly hubspot: number;
  readonly salesforce: number;
  readonly leadloop: number;
}

/** One person whose records do not show the stage that LeadLoop holds true. */
export interface ParityDifference {
  readonly link: string;
  readonly name: string;
  readonly hubspotId: string | null;
  readonly salesforceId: string | null;
  readonly leadloop: string;
  readonly hubspot: string;
  readonly salesforce: string;
  readonly cause: string;
}

/** Why people differ, and how many do for that reason. */
export interface ParityCause {
  readonly cause: string;
  readonly people: number;
}

const COLUMNS = ["hubspot", "salesforce", "leadloop"] as const;
/** People named one by one; the drill cells of the causes name all. Whoever comes first in link order is kept. */
export const DIFFERENCES_KEPT = 10_000;
const NO_RECORD = "(no record)";
const NOT_READ = "(not read)";
const BLANK = "(blank)";
const NO_STAGE = "(none)";
/** A customer by what the record shows, which LeadLoop writes there itself: by Salesforce's own opportunities nobody bought. */
const NO_WIN = "(no won opportunity)";

const SYSTEM_NAMES: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

/** Compares stages of everyone who is alive now, whatever the report's window. */
export class ParityCounter {
  readonly #recording: CountRecording | null;
  readonly #rows: CellTable;
  readonly #causes: CellTable;
  readonly #names: ReadonlyMap<Stage, StageNames>;
  readonly #stageOf: Readonly<Record<System, ReadonlyMap<string, Stage>>>;
  /** Differences by link. */
  readonly tally = new Map<string, ParityDifference>();

  constructor(book: CellBook, names: readonly StageNames[]) {
    this.#recording = book.recording;
    this.#rows = book.table("parity", COLUMNS);
    this.#causes = book.table("parityCauses", ["people"]);
    this.#names = new Map(names.map((name) => [name.stage, name]));
    const spelled = (system: System): ReadonlyMap<string, Stage> =>
      new Map(names.toReversed().map((name) => [name[system], name.stage]));
    this.#stageOf = { hubspot: spelled("hubspot"), salesforce: spelled("salesforce") };
  }

  /**
   * Gives the cause of a difference, or "". A customer according to Salesforce is who has a won opportunity there (`deals` is what was last read, whomever it
   * counts for); any other stage is what the record shows.
   */
  add(link: ReportPerson, deals: readonly DealRow[]): string {
    if (!isAlive(link)) return "";
    this.#recording?.always();
    const truth = link.stage;
    this.#rows.add(truth ?? NO_STAGE, 2, link.id);
    const shown = { hubspot: this.#shown(link, "hubspot", truth), salesforce: this.#shown(link, "salesforce", truth) };
    const bought = boughtBy(shown.salesforce, deals);
    this.#rows.add(shown.hubspot, 0, link.id);
    this.#rows.add(bought, 1, link.id);
    const differs = (stage: string): boolean => stage !== (truth ?? NO_STAGE) && !(truth === null && stage === BLANK);
    // What the record shows agrees or is not known, and the opportunities say otherwise.
    const isBoughtApart =
      bought !== shown.salesforce && differs(bought) && (isUnknown(shown.salesforce) || !differs(shown.salesforce));
    const apart = SYSTEMS.filter((system) => differs(shown[system]) && !(isBoughtApart && system === "salesforce"));
    const causes = apart.map((system) => this.#causeOf(link, system, shown[system]));
    if (isBoughtApart) causes.push(`${SYSTEM_NAMES.salesforce}: ${bought === NO_WIN ? NEVER_BOUGHT : BOUGHT}`);
    if (causes.length === 0) return "";
    const cause = causes.join("; ");
    this.#causes.add(cause, 0, link.id);
    const isOnlyUnknown = !isBoughtApart && apart.every((system) => isUnknown(shown[system]));
    if (isOnlyUnknown || this.tally.size === DIFFERENCES_KEPT) return cause;
    // People are named one by one.
    this.#recording?.giveUp();
    const { id, name, hubspotId, salesforceId } = link;
    const salesforce = isBoughtApart ? bought : shown.salesforce;
    const { hubspot } = shown;
    this.tally.set(id, {
      link: id,
      name,
      hubspotId,
      salesforceId,
      leadloop: truth ?? NO_STAGE,
      hubspot,
      salesforce,
      cause,
    });
    return cause;
  }

  rows(): readonly ParityRow[] {
    const order: readonly string[] = [...STAGES, NO_WIN, NO_STAGE, BLANK, NO_RECORD, NOT_READ];
    const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
    const rows = [...this.#rows.rows].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
    return rows.map(
      ([
        stage,
        {
          counts: [hubspot = 0, salesforce = 0, leadloop = 0],
        },
      ]) => ({
        stage,
        hubspot,
        salesforce,
        leadloop,
      }),
    );
  }

  causes(): readonly ParityCause[] {
    const causes = [...this.#causes.rows].map(([cause, row]) => ({ cause, people: row.count(0) }));
    return causes.sort((a, b) => b.people - a.people || (a.cause < b.cause ? -1 : 1));
  }

  /** People with two records that disagree; those who are simply unknown to one system are counted under their cause. */
  differences(): readonly ParityDifference[] {
    return [...this.tally.values()].sort((a, b) => (a.link < b.link ? -1 : 1)).slice(0, DIFFERENCES_KEPT);
  }

  /** Where several stages share one spelling, a side that shows it agrees with any of them. */
  #shown(link: ReportPerson, system: System, truth: Stage | null): string {
    if ((system === "hubspot" ? link.hubspotId : link.salesforceId) === null) return NO_RECORD;
    const value = link.facts[STAGE_FACTS[system]];
    if (value === undefined) return NOT_READ;
    if (value === null || value === "") return BLANK;
    if (truth !== null && this.#names.get(truth)?.[system] === value) return truth;
    return this.#stageOf[system].get(value) ?? `other: ${value}`;
  }

  #causeOf(link: ReportPerson, system: System, shown: string): string {
    return `${SYSTEM_NAMES[system]}: ${this.#reason(link, system, shown)}`;
  }

  /** What is known of our own write comes first: it says why, where the value only says what. */
  #reason(link: ReportPerson, system: System, shown: string): string {
    if (link.state === "ambiguous") return "two candidates, a person must choose";
    const unshown = link.unshown[system];
    if (shown === NO_RECORD && unshown?.because !== "refused")
      return link.state === "pending" ? "record is being created" : "person is not known there";
    if (link.clearing && system === "hubspot" && unshown?.because !== "refused")
      return "cleared, the new stage follows";
    if (unshown !== undefined) return unshownReason(unshown);
    if (shown === NOT_READ) return UNREAD;
    if (shown.startsWith("other: ")) return "a stage the configuration does not name";
    if (link.stage !== null && (this.#names.get(link.stage)?.[system] ?? "") === "")
      return "the configuration has no name for the stage there";
    return shown === BLANK ? "stage is blank" : "shows another stage";
  }
}

/** A system has shown no stage of theirs at all, such as where the stage is not mapped. */
export const UNREAD = "stage could not be read";
const NEVER_BOUGHT = "shows a customer who has no won opportunity";
const BOUGHT = "has a won opportunity";

/** What Salesforce says by its own opportunities of someone whose record shows that. */
function boughtBy(shown: string, deals: readonly DealRow[]): string {
  const isCustomer = shown === "customer" || shown === "evangelist";
  if (deals.some(({ closed, won }) => closed && won)) return isCustomer || shown === NO_RECORD ? shown : "customer";
  return isCustomer ? NO_WIN : shown;
}

function isUnknown(shown: string): boolean {
  return shown === NO_RECORD || shown === NOT_READ;
}

const REASONS: Readonly<Record<UnshownCause, string>> = {
  unanswered: "write not yet answered",
  refused: "write refused",
  unsent: "write not yet sent",
  outdated: "record changed before the write, to be looked at again",
  ignored: "write taken without the stage",
  resting: "held, because something changes it back",
  unwritable: "LeadLoop may not write the field",
};

/** How the systems say that a field no longer has the option. */
const NO_SUCH_OPTION: ReadonlySet<string> = new Set(["INVALID_OPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]);

function unshownReason({ because, code }: NonNullable<ReportPerson["unshown"][System]>): string {
  if (code === undefined) return REASONS[because];
  return NO_SUCH_OPTION.has(code)
    ? `${REASONS[because]}, the option was removed: ${code}`
    : `${REASONS[because]}: ${code}`;
}

function isAlive(link: ReportPerson): boolean {
  switch (link.state) {
    case "single":
    case "pending":
    case "linked":
    case "ambiguous":
      return true;
    case "superseded":
    case "tombstoned":
    case "erased":
      return false;
    default:
      return assertNever(link.state);
  }
}
