/** The shape of report.json, from which its JSON Schema is made. What a key means is written here and in the shapes it is put together from, and nowhere else. */
import * as z from "zod";
import { PERIOD_FIGURES } from "../core/report/period-figures.ts";
import {
  cells,
  count,
  division,
  funnelStage,
  instant,
  money,
  month,
  percent,
  periodCells,
  rate,
  spread,
  stage,
} from "./shape-parts.ts";
import { scoreShape, workShape } from "./work-shape.ts";

const immature = z
  .boolean()
  .describe("Younger than `maturity` says, or nobody can say: not to be compared with older months.");
const openDeals = { deals: count, withoutAmount: count, amount: money };
const modelMoney = { first: money, last: money, linear: money, u: money, w: money };

export const reportShape = z
  .strictObject({
    asOf: instant.describe("Nothing that happened later is looked at."),
    from: instant,
    to: instant.describe("Not part of the period any more."),
    notes: z.array(z.string()).describe("What a reader must know before the figures."),
    leads: count,
    currency: z.string().describe("Currency of every amount; empty where the organisation has one currency."),
    leftOut: z
      .array(z.strictObject({ currency: z.string(), deals: count, amount: z.number() }))
      .describe(
        "Money that is in no sum, because no rate turns it into `currency`; the amount is in its own currency.",
      ),
    periodBefore: z
      .strictObject({
        from: instant,
        to: instant,
        isPart: z
          .boolean()
          .describe("The period is still running: of the one before as much is counted as has gone by of it."),
      })
      .nullable()
      .describe(
        "What the period is held against: as long a time before it, of whole calendar months (UTC) as many months. Null where it has no start, or has not begun.",
      ),
    periodFigures: z
      .array(
        z.strictObject({
          figure: z.enum(PERIOD_FIGURES),
          unit: z.enum(["people", "deals", "money"]),
          now: z.number(),
          before: z.number().nullable(),
          change: z.number().nullable(),
          changePercent: percent,
          cell: z
            .strictObject({ table: z.string(), row: z.string(), column: z.string() })
            .describe("Where `drill` names the records behind `now`; of money, the opportunities."),
        }),
      )
      .describe(
        "What happened in [from, to) up to asOf, whoever the person and whenever they first came. People are counted as often as they entered the stage; revenue is of deals won in the period, pipeline of those opened in it.",
      ),
    changes: z
      .array(
        z.strictObject({
          figure: z.string(),
          unit: z.enum(["people", "handoffs", "money", "deals"]),
          before: z.number(),
          now: z.number(),
          because: z
            .strictObject({ by: z.string(), name: z.string(), before: z.number(), now: z.number() })
            .nullable()
            .describe("The source, owner or reason that moved most in the same direction."),
          weight: z.number().describe("Distance from chance, in standard errors."),
        }),
      )
      .describe("What changed most against `periodBefore`; at most three."),
    total: z.strictObject(cells),
    stages: z.array(
      z.strictObject({
        stage,
        entered: count,
        passed: count.describe("Of those entered: never seen in the stage itself, only past it."),
      }),
    ),
    standing: z.array(z.strictObject({ stage, leads: count })).describe("At asOf."),
    bySource: division("source").describe(
      "Largest first. A blank source is the configured word; the word unknown stays as it is.",
    ),
    byCampaign: division("campaign").nullable().describe("Null where no campaign fact is configured."),
    byOwner: division("owner").describe("Owner of the latest handoff."),
    byTerritory: division("territory").nullable().describe("Null where no territory fact is configured."),
    bySegment: division("segment")
      .nullable()
      .describe(
        "Shown segments, as people are in them now; a lead is in the row of each, so the rows do not add up to `total`. Null where no segment is shown.",
      ),
    byBand: division("band").describe("Score band at entry to MQL."),
    byMonth: z.array(z.strictObject({ month: z.string(), ...cells, immature })).describe("Month of first contact."),
    maturity: z
      .strictObject({ won: count, days: z.number().nullable() })
      .describe(
        "Nine in ten of everybody ever won, whenever they first came, took no longer from first contact; null while fewer than ten were won.",
      ),
    cohorts: z
      .array(
        z.strictObject({
          stage: funnelStage,
          month,
          entered: count,
          next: rate.describe("Of those, came to the next stage or past it by asOf."),
          won: rate,
          immature,
        }),
      )
      .describe("Everyone who first entered a stage in a month, and what became of them."),
    gates: z
      .array(
        z.strictObject({
          stage: funnelStage,
          entered: count,
          passed: count.describe("Never seen in the stage, only past it: in no other column."),
          movedOn: count,
          turnedBack: count,
          waiting: count,
          movedOnRate: rate,
        }),
      )
      .describe("entered = movedOn + turnedBack + waiting."),
    gateReasons: z.array(z.strictObject({ stage: funnelStage, reason: z.string(), leads: count })),
    recycled: z.strictObject({
      recycled: count.describe("Leads that were ever sent back to marketing."),
      qualifiedAgain: count,
      opportunity: count,
      won: count,
      qualifiedAgainRate: rate,
    }),
    outcomes: z
      .array(z.strictObject({ outcome: z.enum(["won", "lost", "open"]), reason: z.string(), leads: count }))
      .describe(
        "Each lead in one row. won: a won opportunity or the stage customer; lost: disqualified, or the last opportunity was lost, none is open and they have not qualified again; else open.",
      ),
    timeToWon: z.strictObject(spread).describe("From first contact to won; negative times are kept."),
    velocity: z.array(z.strictObject({ from: funnelStage, to: funnelStage, ...spread })),
    timeInStage: z.array(z.strictObject({ stage, ...spread })).describe("Stays that have ended."),
    openByAge: z
      .array(z.strictObject({ stage: funnelStage, upTo7: count, upTo30: count, upTo90: count, older: count }))
      .describe("Open leads by the days since they entered the stage they stand in."),
    period: z
      .strictObject({
        stages: z.array(z.strictObject({ stage, ...periodCells })),
        months: z.array(z.strictObject({ month, stage, ...periodCells })),
      })
      .describe("What happened in [from, to), whoever the person: not a cohort."),
    ...workShape,
    openPipeline: z
      .strictObject({
        ...openDeals,
        bySource: z.array(z.strictObject({ source: z.string(), ...openDeals })).describe("The largest amount first."),
      })
      .describe("Opportunities open at asOf, of everybody, whenever they first came. `pipeline` is of the cohort."),
    pipeline: z
      .array(
        z.strictObject({
          part: z.enum(["sourced", "influenced", "own"]),
          deals: count,
          won: count,
          lost: count,
          open: count,
          revenue: money,
          pipeline: money,
        }),
      )
      .describe("Opportunities by marketing's part in them; each in one row."),
    attribution: z
      .array(z.strictObject({ campaign: z.string(), deals: count, ...modelMoney }))
      .describe(
        "Won money by campaign under five models; each model adds up to the same. report-deals.csv has a line for each deal.",
      ),
    returnOnCosts: z.array(
      z.strictObject({
        by: z.enum(["source", "campaign"]),
        name: z.string(),
        costFrom: z.enum(["report.yml", "salesforce", "both"]),
        cost: money,
        revenue: money,
        returnPercent: percent,
        costPerLead: z.number().nullable(),
        costPerMql: z.number().nullable(),
        costPerWon: z.number().nullable(),
      }),
    ),
    ...scoreShape,
    campaignSummaries: z
      .array(z.strictObject({ campaign: z.string(), text: z.string() }))
      .nullable()
      .describe(
        "The line about each campaign that the next sync writes in Salesforce: of every lead there ever was, whatever the period. `drill` has its numbers under campaignSummary. Null where campaign-summary is not set.",
      ),
    parity: z
      .array(
        z.strictObject({
          stage: z
            .string()
            .describe(
              "A stage, or (no won opportunity), (none), (blank), (no record), (not read), or `other: ` and the system's own value.",
            ),
          hubspot: count,
          salesforce: count.describe(
            "A customer is who has a won opportunity in Salesforce; who only shows that stage is in (no won opportunity). Any other stage is what the record shows.",
          ),
          leadloop: count,
        }),
      )
      .describe("Everyone alive now, whatever the window."),
    parityCauses: z.array(z.strictObject({ cause: z.string(), people: count })),
    parityDifferences: z
      .array(
        z.strictObject({
          link: z.string(),
          name: z.string(),
          hubspotId: z.string().nullable(),
          salesforceId: z.string().nullable(),
          leadloop: z.string(),
          hubspot: z.string(),
          salesforce: z.string(),
          cause: z.string(),
        }),
      )
      .describe("At most 10,000."),
    dataQuality: z.array(z.strictObject({ problem: z.string(), meaning: z.string(), count })),
    wonBeforeFirstContact: z.array(z.strictObject({ link: z.string(), days: z.number() })),
    drill: z
      .record(z.string(), z.record(z.string(), z.record(z.string(), z.array(z.string()))))
      .nullable()
      .describe(
        "table -> row -> column -> ids, sorted. Ids are link ids; for tasks they are causes, for pipeline and attribution opportunities. Null where they would be more than 750,000: see drillFile.",
      ),
    drillFile: z.string().nullable().describe("Where drill is null: the file beside this one with the ids."),
  })
  .describe(
    "Leads and all funnels are by cohort: people first in touch in [from, to), and what had become of them by asOf. `periodFigures`, `changes`, `period`, `tasks`, `handoffs`, `followUp` and `rules` count what happened in [from, to); `openPipeline`, `openByAge` and `parity` are of everybody now. Counts of a stage are people who entered it or went past it. In every table by a division each lead is in exactly one row, and won + lost + open = leads.",
  );
