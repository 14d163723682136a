/** The Olist funnel as ledger rows, where the data set lies beside the project. */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { deal, person, stages } from "./ledger-rows.ts";

const FOLDER = new URL("../../../../shared/data/olist/", import.meta.url);

/** Null where the data set is absent. */
export function olistRows(): readonly PersonLedger[] | null {
  if (!existsSync(FOLDER)) return null;
  const leads = readCsv("olist_marketing_qualified_leads_dataset.csv");
  const wonAt = new Map(readCsv("olist_closed_deals_dataset.csv").map((row) => [row["mql_id"], row["won_date"]]));
  return leads.map((lead) => {
    const id = lead["mql_id"] ?? "";
    const first = lead["first_contact_date"] ?? "";
    const won = wonAt.get(id);
    return person(id, {
      link: { facts: { source: lead["origin"] || null, first_contact: first } },
      stages: stages(id, [["mql", `${first}T00:00:00.000Z`]]),
      outcomes:
        won === undefined
          ? []
          : [deal(id, { openedAt: `${first}T00:00:00.000Z`, stageAt: `${won.replace(" ", "T")}.000Z` })],
    });
  });
}

function readCsv(name: string): readonly Readonly<Record<string, string>>[] {
  return parse(readFileSync(new URL(name, FOLDER)), { columns: true, bom: true }) as Record<string, string>[];
}
