/** The sections of the agreement that say what the rules in config/ say: stages, score, owners, answers, following up. */
import { type CadenceStep, CHANNELS, type LadderStepKind, type Template } from "../model/follow-up.ts";
import type {
  Anchor,
  Cadence,
  Condition,
  Decay,
  Lifecycle,
  RoutingRule,
  Rulebook,
  ScoreRule,
  SignalKind,
  Stage,
} from "../model/rulebook.ts";
import type { AgreementSection, Block, Phrase } from "./agreement-shape.ts";

const MEANING: Readonly<Record<Stage, string>> = {
  subscriber: "known, without a sign of interest yet",
  lead: "has shown interest",
  mql: "has the marks of a customer and the interest; sales is asked",
  sal: "sales looked and took it",
  sql: "sales knows budget, authority, need and timing, and they fit",
  opportunity: "an open opportunity with this person on it",
  customer: "an opportunity was won",
  evangelist: "refers, reviews or comes back",
  recycled: "not now: back to marketing with a reason",
  disqualified: "never, with a reason",
};

const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function code(condition: Condition | null): Phrase {
  return condition === null ? "" : { code: condition.source };
}

function tableOf(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Phrase[])[],
  right: readonly number[] = [],
): Block {
  return { kind: "table", caption, head, rows, right };
}

function text(...phrases: readonly Phrase[]): Block {
  return { kind: "text", phrases };
}

export function definitions({ lifecycle, scoring: rules }: Rulebook): AgreementSection {
  const rows = lifecycle.names.map(({ stage, hubspot, salesforce }): Phrase[] => [
    stage,
    MEANING[stage],
    wayIn(stage, { lifecycle, scoring: rules }),
    hubspot,
    salesforce,
  ]);
  return {
    title: "Definitions",
    blocks: [
      tableOf("The stages of a person", ["stage", "means", "begins when", "HubSpot", "Salesforce"], rows),
      text(
        `A person becomes an MQL at a score of ${rules.mqlAt}${lifecycle.fastTrack === null ? "" : ", or straight away when a hand was raised"}; and once more, in a new cycle, only after falling below ${rules.rearmBelow}. Whose deal is lost, or whose lead nobody reacts to, goes back to marketing as well.`,
      ),
    ],
  };
}

function wayIn(stage: Stage, { lifecycle, scoring }: Pick<Rulebook, "lifecycle" | "scoring">): Phrase {
  const { fastTrack } = lifecycle;
  if (stage === "mql")
    return { code: `score >= ${scoring.mqlAt}${fastTrack === null ? "" : ` || ${fastTrack.source}`}` };
  const conditions: Partial<Record<Stage, Condition | null>> = {
    lead: lifecycle.leadWhen,
    sal: lifecycle.salWhen,
    sql: lifecycle.sqlWhen,
    evangelist: lifecycle.evangelistWhen,
    recycled: lifecycle.recycle?.when ?? null,
  };
  const condition = conditions[stage] ?? null;
  return condition === null ? withoutCondition(stage, lifecycle) : code(condition);
}

function withoutCondition(stage: Stage, { disqualifyReasons }: Lifecycle): string {
  switch (stage) {
    case "subscriber":
      return "they are first seen in either system";
    case "opportunity":
      return "an opportunity is opened";
    case "customer":
      return "an opportunity is won";
    case "recycled":
      return "a deal is lost, or nobody reacts";
    case "disqualified":
      return `sales rejects them as ${disqualifyReasons.join(", ")}`;
    default:
      return "somebody says so in either system";
  }
}

export function scoring({ scoring: rules }: Rulebook): AgreementSection {
  const halves = [
    { name: "Fit: who they are", groups: rules.fit },
    { name: "Engagement: what they did", groups: rules.engagement },
  ];
  return {
    title: "Score",
    blocks: [
      text(`From 0 to ${rules.caps.total}: fit and engagement, added. A group never gives more than its cap.`),
      ...halves.map(({ name, groups }) =>
        tableOf(
          name,
          ["group", "rule", "holds when", "points", "fades"],
          groups.flatMap((group) =>
            group.rules.map((rule): Phrase[] => [
              `${group.name} (cap ${group.cap})`,
              rule.name,
              code(rule.when),
              points(rule),
              fading(rule.decay),
            ]),
          ),
          [3],
        ),
      ),
    ],
  };
}

function points({ points: single, per, steps }: ScoreRule): string {
  if (steps !== null) return steps.points.map((step) => `${step.points} from ${step.atLeast}`).join(", ");
  return per === null ? String(single) : `${single} each, up to ${per.upTo}`;
}

function fading(decay: Decay | null): string {
  if (decay === null) return "";
  return decay.kind === "linear" ? `to nothing in ${decay.days} days` : `by half in ${decay.days} days`;
}

export function routing({ routing: rules }: Rulebook): AgreementSection {
  const rows = rules.rules.map((rule): Phrase[] => [rule.name, code(rule.when), owners(rule)]);
  const first =
    rules.companyFirst === null ? "" : "First whoever looks after the person's company; then in this order. ";
  return {
    title: "Who gets a lead",
    blocks: [
      text(`${first}Owners are served in turn by weight; who is absent, has left or has enough is passed over.`),
      tableOf("Rules, in order", ["rule", "for", "owners"], [...rows, ["nobody else", "", rules.fallback]]),
    ],
  };
}

function owners({ owners: people }: RoutingRule): string {
  const isEven = people.every(({ weight }) => weight === people[0]?.weight);
  return people.map(({ email, weight }) => (isEven ? email : `${email} (${weight})`)).join(", ");
}

const LADDER_WORDS: Readonly<Record<LadderStepKind, string>> = {
  remind: "the owner is reminded",
  escalate: "the manager is told, and the task becomes urgent",
  reassign: "somebody else gets the lead",
  "last-touch": "one last e-mail to the person",
  recycle: "back to marketing",
};

export function response({ handoff, calendars, lifecycle }: Rulebook): AgreementSection {
  const { days, opens, closes } = calendars.hours;
  const week = DAY_NAMES.filter((_, index) => days.has(index + 1)).join(", ");
  const accepts =
    lifecycle.salAfterHours === null
      ? []
      : [`An MQL that nobody rejected for ${lifecycle.salAfterHours} hours counts as accepted.`];
  return {
    title: "Response of sales",
    blocks: [
      {
        kind: "list",
        items: [
          `LeadLoop brings a lead to its owner within ${handoff.systemWithinMinutes} minutes.`,
          `The owner accepts or rejects within ${handoff.acceptWithinHours} working hours.`,
          `Working hours are ${clock(opens)} to ${clock(closes)} on ${week} in the owner's time zone, without public holidays.`,
          ...accepts,
        ],
      },
      tableOf(
        "When the owner does not react",
        ["working hours", "what happens"],
        handoff.ladder.map(({ kind, afterHours }) => [String(afterHours), LADDER_WORDS[kind]]),
        [0],
      ),
      text(`Reasons to reject: ${handoff.rejectionReasons.join(", ")}.`),
    ],
  };
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

export function followUp({ followUps }: Rulebook): AgreementSection {
  return {
    title: "Following up",
    blocks: followUps.cadences.flatMap((cadence) => [
      tableOf(
        cadence.label,
        ["step", "when", "by", "what"],
        cadence.steps.map((step): Phrase[] => [
          step.name,
          when(step),
          step.channel,
          step.subject === null ? `HubSpot's workflow for ${cadence.name}/${step.name}` : spelledOut(step.subject),
        ]),
      ),
      text(...endOf(cadence)),
    ]),
  };
}

/** The text with a name in place of each word that is filled in. */
function spelledOut(template: Template): string {
  const words = [...template.source.matchAll(/\{[{%][^}%]*[}%]\}/g)].flatMap(([tag]) => tag.match(/\w+/g) ?? []);
  return template.fill(Object.fromEntries(words.map((word) => [word, `[${word.replaceAll("_", " ")}]`])));
}

function when({ delay }: CadenceStep): string {
  const unit = { days: "day", "business-days": "working day", months: "month" }[delay.unit];
  if (delay.from === "anchor") return `${unit} ${delay.count}`;
  return `${delay.count} ${unit}${delay.count === 1 ? "" : "s"} after the step before`;
}

function endOf({ anchor, include, leave, next }: Cadence): readonly Phrase[] {
  const reasons = leave.map(({ because }) => because).join(", ");
  const early = reasons === "" ? "" : `, or early: ${reasons}`;
  return [
    "Begins with",
    anchorWords(anchor),
    "and lasts while",
    code(include),
    `holds${early}.`,
    ...(next === null ? [] : [`Then ${next} begins.`]),
  ];
}

function anchorWords(anchor: Anchor): Phrase {
  if (anchor.kind === "fact") return { code: anchor.fact };
  return anchor.kind === "stage" ? `the stage ${anchor.stage}` : "the end of the cadence before,";
}

const SIGNAL_WORDS: Readonly<Record<SignalKind, string>> = {
  reply: "an answer to an e-mail",
  sleeper: "life after a long quiet",
  comeback: "a form filled by a contact or customer",
};

export function signals({ signals: rules }: Rulebook): AgreementSection {
  const rows = (Object.keys(SIGNAL_WORDS) as SignalKind[]).flatMap((kind) => {
    const task = rules.tasks[kind];
    return task === null
      ? []
      : [[SIGNAL_WORDS[kind], task.subject, `within ${task.dueInDays} working day${task.dueInDays === 1 ? "" : "s"}`]];
  });
  return {
    title: "What sales is shown at once",
    blocks: [tableOf("Each as one task for the owner", ["what", "task", "due"], rows)],
  };
}

export function leftAlone({ suppression }: Rulebook): AgreementSection {
  const rows = suppression.map(({ because, when: holds, stops }): Phrase[] => [
    because,
    { code: holds.source },
    CHANNELS.filter((channel) => stops.includes(channel)).join(", "),
  ]);
  return { title: "Who is left alone", blocks: [tableOf("Rules", ["because", "holds when", "no"], rows)] };
}
