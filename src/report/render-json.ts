/** Prints the closed-loop numbers as report.json, with the ids behind every number at its end (its shape: schemas/closed-loop-report.schema.json). */

import type { Drill } from "../core/report/cell-book.ts";
import type { FunnelRow } from "../core/report/funnel-table.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { IDS_FILE } from "./id-lines.ts";

/** The text of report.json, in pieces, because the ids of a million leads do not fit in one string. Same numbers, same bytes. */
export function* renderJson(report: ClosedLoop): Generator<string> {
  const { drill, ...figures } = report;
  const body = {
    ...figures,
    bySource: named(report.bySource, "source"),
    byCampaign: report.byCampaign === null ? null : named(report.byCampaign, "campaign"),
    byOwner: named(report.byOwner, "owner"),
    byTerritory: report.byTerritory === null ? null : named(report.byTerritory, "territory"),
    bySegment: report.bySegment === null ? null : named(report.bySegment, "segment"),
    byBand: named(report.byBand, "band"),
    byMonth: named(report.byMonth, "month"),
    drillFile: drill === null ? IDS_FILE : null,
  };
  yield JSON.stringify(body, null, 2).slice(0, -2);
  yield ',\n  "drill": ';
  if (drill === null) yield "null";
  else yield* renderDrill(drill);
  yield "\n}\n";
}

/** Each row says what it is a row of. */
function named<K extends string>(rows: readonly FunnelRow[], key: K): readonly object[] {
  return rows.map(({ name, ...cells }) => ({ [key]: name, ...cells }));
}

/** Ids of one cell on one line: readable, and a changed cell is one changed line. */
function* renderDrill(drill: Drill): Generator<string> {
  yield "{";
  let comma = "";
  for (const [table, rows] of Object.entries(drill)) {
    yield `${comma}\n    ${JSON.stringify(table)}: {`;
    let rowComma = "";
    for (const [row, columns] of Object.entries(rows)) {
      const cells = Object.entries(columns).map(
        ([column, ids]) => `\n        ${JSON.stringify(column)}: ${JSON.stringify(ids)}`,
      );
      yield `${rowComma}\n      ${JSON.stringify(row)}: {${cells.join(",")}\n      }`;
      rowComma = ",";
    }
    yield "\n    }";
    comma = ",";
  }
  yield "\n  }";
}
