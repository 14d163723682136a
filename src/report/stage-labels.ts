/** How the page calls stages. */

const LABELS: Readonly<Record<string, string>> = {
  subscriber: "Subscriber",
  lead: "Lead",
  mql: "MQL",
  sal: "SAL",
  sql: "SQL",
  opportunity: "Opportunity",
  customer: "Customer",
  evangelist: "Evangelist",
  recycled: "Recycled",
  disqualified: "Disqualified",
};

export function stageLabel(stage: string): string {
  return LABELS[stage] ?? stage;
}
