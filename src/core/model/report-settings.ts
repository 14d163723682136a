/** What config/report.yml says: how the report tells leads apart, and what marketing spent. */

/** Money spent on a source or a campaign, in the report's currency; `month` (2026-03) where it was spent in one, null where it runs all the time. */
export interface ReportCost {
  readonly by: "source" | "campaign";
  readonly name: string;
  readonly month: string | null;
  readonly amount: number;
}

export interface ReportSettings {
  /** The fact by which the funnel is told apart, and the word for a blank. */
  readonly source: string;
  readonly blankSource: string;
  readonly campaign: string | null;
  /** The field of a Salesforce Campaign that is told in one line what became of its leads; null: none is. */
  readonly campaignSummary: string | null;
  /** The field of a Salesforce Campaign that holds what it has cost; null: only `costs` are known. */
  readonly campaignCosts: string | null;
  readonly territory: string | null;
  /** Names of the shown segments, in the order of config/segments.yml: of these it is known who is in them since when. */
  readonly segments: readonly string[];
  /** When the person first came, as a fact; the earliest entry of the ledger where it is blank. */
  readonly firstContact: string | null;
  /** Facts that tell of a touch: when it was, and through which campaign. A new moment is a new touch. */
  readonly touches: readonly { readonly at: string; readonly campaign: string }[];
  /** In which all amounts are shown; null: the organisation's own. */
  readonly currency: string | null;
  /** Units of a currency for one unit of the corporate currency, over those that Salesforce keeps. */
  readonly rates: Readonly<Record<string, number>>;
  readonly costs: readonly ReportCost[];
}
