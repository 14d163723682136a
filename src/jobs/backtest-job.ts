/** Replays everybody's stored history under another scoring, page by page. Reads the state alone; neither system is called. */
import type { FactChange, HandoffEntry } from "../core/model/ledger.ts";
import type { ComparedCycle, Comparison, ReplayGround } from "../core/rules/compare-scorings.ts";
import { compareCycles, compareScorings } from "../core/rules/compare-scorings.ts";
import { orgRates } from "./currency-rates.ts";
import type { StateStore } from "./state-port.ts";

const PAGE = 500;

export interface Backtest extends Comparison {
  /** People with a stored history. */
  readonly people: number;
  /** MQLs that there really were in the period, by LeadLoop's rules or by hand. */
  readonly happened: number;
}

/** Amounts are in the organisation's own currency, by the rates that the report uses. */
export async function runBacktest(store: StateStore, asked: Omit<ReplayGround, "rates">): Promise<Backtest> {
  const ground: ReplayGround = { ...asked, rates: await orgRates(store) };
  const cycles: ComparedCycle[] = [];
  const handoffs: HandoffEntry[] = [];
  let [people, happened] = [0, 0];
  let after: string | null = null;
  for (;;) {
    const links = await store.scanLinks(after, PAGE);
    const last = links.at(-1);
    if (last === undefined) break;
    after = last.id;
    const ids = links.map(({ id }) => id);
    const changes = byLink(await store.factChangesOf(ids));
    const stages = byLink(await store.stageEventsOf(ids));
    const outcomes = byLink(await store.outcomesOf(ids));
    const found: string[] = [];
    for (const { id, name } of links) {
      const past = changes.get(id) ?? [];
      if (past.length === 0) continue;
      people += 1;
      const history = {
        link: id,
        name,
        changes: past.toSorted(inTime),
        stages: (stages.get(id) ?? []).toSorted((a, b) => a.sequence - b.sequence),
        outcomes: outcomes.get(id) ?? [],
      };
      const compared = compareCycles(history, ground);
      happened += history.stages.filter((event) => isRealMql(event, ground)).length;
      if (compared.length > 0) found.push(id);
      cycles.push(...compared);
    }
    if (found.length > 0) handoffs.push(...(await store.handoffsOf(found)));
  }
  const owners = (await store.owners("salesforce"))?.owners ?? [];
  return { people, happened, ...compareScorings(cycles, handoffs, owners, ground.rulebook) };
}

function inTime(a: FactChange, b: FactChange): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.version - b.version;
}

function isRealMql(
  { stage, at }: { readonly stage: string; readonly at: string },
  { from, to }: ReplayGround,
): boolean {
  return stage === "mql" && at >= from && at < to;
}

function byLink<Row extends { readonly link: string }>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const known = found.get(row.link);
    if (known === undefined) found.set(row.link, [row]);
    else known.push(row);
  }
  return found;
}
