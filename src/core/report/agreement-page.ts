/** Puts the agreement between marketing and sales together as one page: what the teams promised, and what their rules say. */
import type { AgreementTerms } from "../model/agreement.ts";
import type { Rulebook } from "../model/rulebook.ts";
import type { HeldGoal } from "./agreement-goals.ts";
import { definitions, followUp, leftAlone, response, routing, scoring, signals } from "./agreement-rules.ts";
import type { AgreementPage, Block } from "./agreement-shape.ts";
import { periodDays } from "./period-days.ts";
import type { ReportWindow } from "./report-figures.ts";

/** How the figures of the goals are written out. */
export type FigureWords = (goal: Pick<HeldGoal, "unit">, figure: number) => string;

/** Pure: the same rules, terms and figures give the same page. `window` is the period of the figures; null where there are none yet. */
export function agreementPage(input: {
  readonly rulebook: Rulebook;
  readonly terms: AgreementTerms;
  readonly goals: readonly HeldGoal[];
  readonly window: ReportWindow | null;
  readonly words: FigureWords;
}): AgreementPage {
  const { rulebook, terms, window } = input;
  const period = window === null ? null : periodDays(window.from, window.to ?? window.asOf);
  return {
    title: terms.title,
    lead:
      period === null
        ? "The figures beside the goals come with the first sync."
        : `With the figures of ${period} beside the goals.`,
    sections: [
      { title: "Purpose", blocks: [{ kind: "text", phrases: [terms.purpose] }] },
      { title: "Goals", blocks: [goalTable(input, period)] },
      {
        title: "Duties",
        blocks: [
          { kind: "text", phrases: ["Marketing:"] },
          { kind: "list", items: terms.marketing },
          { kind: "text", phrases: ["Sales:"] },
          { kind: "list", items: terms.sales },
        ],
      },
      definitions(rulebook),
      scoring(rulebook),
      routing(rulebook),
      response(rulebook),
      followUp(rulebook),
      signals(rulebook),
      leftAlone(rulebook),
      { title: "Review and term", blocks: [{ kind: "list", items: [terms.review, terms.term] }, accepted(terms)] },
    ],
  };
}

function goalTable({ goals, words }: Parameters<typeof agreementPage>[0], period: string | null): Block {
  const kept = (goal: HeldGoal): string => {
    if (goal.kept === null) return "no figure";
    return goal.kept ? "kept" : "missed";
  };
  return {
    kind: "table",
    caption: "What was promised, and how it was kept",
    head: ["goal", "promised by", "promised", period ?? "last period", "kept?"],
    rows: goals.map((goal) => [
      goal.label,
      goal.by,
      promised(goal, words),
      goal.figure === null ? "–" : words(goal, goal.figure),
      kept(goal),
    ]),
    right: [2, 3],
  };
}

function promised(goal: HeldGoal, words: FigureWords): string {
  const parts = [
    goal.atLeast === null ? null : `at least ${words(goal, goal.atLeast)}`,
    goal.atMost === null ? null : `at most ${words(goal, goal.atMost)}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function accepted({ accepted: people }: AgreementTerms): Block {
  if (people.length === 0) return { kind: "text", phrases: ["Not yet accepted by anybody."] };
  return {
    kind: "table",
    caption: "Accepted by",
    head: ["name", "role", "on"],
    rows: people.map(({ name, role, on }) => [name, role, on]),
    right: [],
  };
}
