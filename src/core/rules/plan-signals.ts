/** Shows sales what a known person just did: an answer to an e-mail, life after a long quiet, a customer or contact who comes back. One task for each cause. */
import type { TaskEntry } from "../model/ledger.ts";
import type { ScoreState, StageState } from "../model/link.ts";
import type { NoticeEntry, NoticeKind } from "../model/notice.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Facts, Rulebook, SignalKind } from "../model/rulebook.ts";
import { standardWeek, workingDateAfter } from "./business-hours.ts";
import { fillTemplate } from "./fill-template.ts";
import { instantMs } from "./instant-ms.ts";
import { findOwner, type OwnerWork, routeLead } from "./route-lead.ts";
import { rankOf } from "./stages.ts";
import { suppressedBy } from "./suppression.ts";

const DAY_MS = 86_400_000;
const SUBJECT_LENGTH = 255;

/** When a person last did something themselves. */
const ACTIVITIES = [
  "hs_email_last_open_date",
  "hs_email_last_click_date",
  "hs_email_last_reply_date",
  "hs_analytics_last_visit_timestamp",
  "recent_conversion_date",
] as const;

export interface SignalInput {
  readonly link: string;
  readonly name: string;
  /** Null at the first sight of the person: what they did before is no news. */
  readonly before: Facts | null;
  readonly facts: Facts;
  readonly score: ScoreState | null;
  readonly stage: StageState;
  /** Salesforce knows the person as a Contact. */
  readonly isContact: boolean;
  /** The person is handed over in this run: that task says it all. */
  readonly isHandedOver: boolean;
  readonly tasks: readonly TaskEntry[];
  readonly rulebook: Rulebook;
  readonly owners: readonly Owner[];
  readonly currentOwnerEmail: string | null;
  readonly given: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly work: OwnerWork;
  readonly now: Instant;
}

interface Signal {
  readonly kind: SignalKind;
  /** When it happened; part of the cause, so that the same event never makes a second task. */
  readonly at: Instant;
}

/** The key of a signal's one task, in Salesforce too. */
export function signalCause(kind: SignalKind, link: string, at: Instant): string {
  return `${kind}:${link}:${at.slice(0, 16)}`;
}

/** The tasks for what is new since the last look, at most one for each kind. Nothing happens for an event longer ago than the rulebook's `freshDays`. */
export function planSignals(input: SignalInput): readonly TaskEntry[] {
  if (input.before === null || input.stage.stage === "disqualified") return [];
  const signals = [replied(input), cameBack(input) ?? wokeUp(input)].filter((signal) => signal !== null);
  return signals.flatMap((signal) => writeTask(signal, input) ?? []);
}

/** People are told of an answer, and of life after a long quiet, beside the task: it reaches them also where Salesforce does not know the person. */
export function signalNotices(tasks: readonly TaskEntry[], now: Instant): NoticeEntry[] {
  return tasks.flatMap(({ purpose, state, cause, link, subject, description, ownerEmail }): NoticeEntry[] => {
    const kind = NOTICE_OF.get(purpose);
    if (kind === undefined || state === "suppressed") return [];
    const whom = { ownerEmail, managerEmail: null, at: now };
    const unsent = { state: "due", notBefore: null, attempts: 0, detail: null } as const;
    return [{ key: `signal:${cause}`, kind, link, title: subject, text: description, html: null, ...whom, ...unsent }];
  });
}

const NOTICE_OF: ReadonlyMap<string, NoticeKind> = new Map([
  ["reply", "replied"],
  ["sleeper", "engaged-again"],
]);

function replied(input: SignalInput): Signal | null {
  const at = newDate(input, "hs_email_last_reply_date");
  return at === null ? null : { kind: "reply", at };
}

/** A form anew, by somebody whom sales knows: as a contact, or as more than a lead. */
function cameBack(input: SignalInput): Signal | null {
  if (input.isHandedOver || !(input.isContact || rankOf(input.stage.stage) >= rankOf("opportunity"))) return null;
  const at = newDate(input, "recent_conversion_date");
  return at === null ? null : { kind: "comeback", at };
}

function wokeUp(input: SignalInput): Signal | null {
  const { before, facts, rulebook } = input;
  if (before === null || input.isHandedOver || replied(input) !== null) return null;
  const [last, latest] = [lastActivity(before), lastActivity(facts)];
  if (last === null || latest === null || latest <= last || !isFresh(latest, input)) return null;
  if (instantMs(latest) - instantMs(last) < rulebook.signals.quietDays * DAY_MS) return null;
  return { kind: "sleeper", at: latest };
}

function newDate(input: SignalInput, name: string): Instant | null {
  const at = input.facts[name] ?? null;
  return at !== null && at > (input.before?.[name] ?? "") && isFresh(at, input) ? at : null;
}

function isFresh(at: Instant, { rulebook, now }: SignalInput): boolean {
  return instantMs(now) - instantMs(at) <= rulebook.signals.freshDays * DAY_MS;
}

function lastActivity(facts: Facts): Instant | null {
  let last: Instant | null = null;
  for (const name of ACTIVITIES) {
    const at = facts[name] ?? null;
    if (at !== null && (last === null || at > last)) last = at;
  }
  return last;
}

/** Null where it is switched off, known already, or nobody is there to tell. */
function writeTask({ kind, at }: Signal, input: SignalInput): TaskEntry | null {
  const { rulebook, facts, name, score, link, now } = input;
  const words = rulebook.signals.tasks[kind];
  const cause = signalCause(kind, link, at);
  if (words === null || input.tasks.some((task) => task.cause === cause)) return null;
  const chosen = ownerOf(kind, input);
  if (chosen === null) return null;
  const fill = (template: string): string =>
    fillTemplate(template, (word) => placeholder(word, input) ?? facts[word] ?? null);
  // Whoever wrote may be answered, whatever they said about calls.
  const stopped = kind === "reply" ? null : suppressedBy(rulebook.suppression, "call", facts, now);
  return {
    cause,
    link,
    epoch: input.stage.epoch,
    purpose: kind,
    state: stopped === null ? "due" : "suppressed",
    subject: fill(words.subject).slice(0, SUBJECT_LENGTH) || name,
    description: fill(words.description),
    priority: words.priority,
    dueOn: workingDateAfter(now, words.dueInDays, standardWeek(chosen.owner.timeZone ?? "UTC")),
    ownerEmail: chosen.owner.email ?? chosen.owner.name,
    createdAt: now,
    notBefore: null,
    salesforceId: null,
    reason: stopped === null ? chosen.because : `not made: ${stopped.because} (${stopped.name})`,
    status: null,
    closedAt: null,
    closedByUs: false,
  };

  function placeholder(word: string, { stage }: SignalInput): string | null {
    if (word === "name") return name;
    if (word === "stage") return stage.stage;
    if (word === "score") return score === null ? null : String(score.total);
    if (word === "reasons")
      return (
        score?.reasons
          .slice(0, 3)
          .map(({ text }) => text)
          .join("; ") ?? null
      );
    return word === "when" ? at.slice(0, 10) : null;
  }
}

/** Whoever owns the person. For an answer or a come-back without an active owner, whoever would get the lead; a sleeper without one is nobody's signal. */
function ownerOf(kind: SignalKind, input: SignalInput): { readonly owner: Owner; readonly because: string } | null {
  const current = findOwner(input.currentOwnerEmail ?? "", input.owners);
  if (current !== null && !current.queue) return { owner: current, because: `${current.name} owns the person` };
  if (kind === "sleeper") return null;
  const { rulebook, facts, owners, given, work, now } = input;
  const routed = routeLead({ routing: rulebook.routing, facts, owners, given, work, now });
  return routed.owner === null ? null : routed;
}
