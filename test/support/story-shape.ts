/** The shape of a story file: who is there, what people and trouble do, and what both systems hold afterwards. */
import * as z from "zod";

const name = z.string().min(1);
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const fields = z.record(z.string(), value);
const system = z.enum(["hubspot", "salesforce"]);
const perPerson = z.record(
  name,
  z.union([fields, z.null()]).transform((given) => given ?? {}),
);

const writes = z.strictObject({
  hubspot: z.number().optional(),
  salesforce: z.number().optional(),
  tasks: z.number().optional(),
});

/** What is expected of one run. Numbers that are left out may be anything; `writes: none` is nothing at all. */
const run = z.strictObject({
  outcome: z.enum(["done", "paused", "stopped", "needs-attention"]).optional(),
  writes: z.union([z.literal("none"), writes]).optional(),
  conflicts: z.number().optional(),
  rejected: z.number().optional(),
  says: z.string().optional(),
});

const conflict = z.strictObject({
  field: z.string(),
  hubspot: value.optional(),
  salesforce: value.optional(),
  kept: z.enum(["hubspot", "salesforce", "merged", "neither"]).optional(),
});

/** What is expected of one person; what is left out may be anything. */
const person = z.strictObject({
  hubspot: fields.optional(),
  salesforce: fields.optional(),
  conflicts: z.array(conflict).optional(),
  /** A part of each message, in any order. */
  rejects: z.array(z.string()).optional(),
  /** State of the link: linked, tombstoned, superseded, ambiguous, single; `none` where LeadLoop knows nobody. */
  link: z.string().optional(),
  "is-a": z.enum(["Lead", "Contact"]).optional(),
  stage: z.string().optional(),
  cycle: z.number().optional(),
  /** Stages entered, in order. */
  entered: z.array(z.string()).optional(),
  tasks: z.number().optional(),
  /** Address of the user who owns the Salesforce record and every task on it. */
  owner: z.string().optional(),
  /** Live records with the person's present address. */
  "hubspot-contacts": z.number().optional(),
  leads: z.number().optional(),
  contacts: z.number().optional(),
});
const people = z.record(name, person);

/** What goes wrong with which calls; "before" means the system never saw the request, "after" that its effect stayed. */
const trouble = z.strictObject({
  with: system,
  calls: z.enum(["any", "search", "read", "write", "create", "task", "unsubscribe"]),
  is: z.union([
    z.enum(["lost-before", "lost-after", "web-page", "server-error", "unavailable", "connection-reset"]),
    z.strictObject({ "wait-seconds": z.number() }),
  ]),
  times: z.number().optional(),
  /** How many such calls go well first. */
  after: z.number().optional(),
});

const both = z.strictObject({ in: system, keep: name, lose: name });
const where = z.strictObject({ in: system, who: name });

const simpleStep = z.strictObject({
  /** A marketer edits a contact; a rep edits a lead or contact. A blank is `null`. */
  hubspot: perPerson.optional(),
  salesforce: perPerson.optional(),
  "new-contact": perPerson.optional(),
  "new-lead": perPerson.optional(),
  "new-salesforce-contact": perPerson.optional(),
  delete: where.optional(),
  restore: where.optional(),
  merge: both.optional(),
  convert: name.optional(),
  "delete-task-of": name.optional(),
  wait: z.string().optional(),
  sync: run.optional(),
  /** Two runs of the schedule start at the same time. */
  "sync-twice": run.optional(),
  /** Runs at a distance, each of which writes nothing. */
  quiet: z.strictObject({ runs: z.number(), every: z.string() }).optional(),
  settle: z.literal("please").optional(),
  "follow-up": z.literal("please").optional(),
  trouble: trouble.optional(),
  "trouble-over": z.literal("yes").optional(),
  /** HubSpot's search shows writes from now on only this late. */
  "index-lag": z.string().optional(),
  /** Salesforce's transactions become visible this long after their stamp. */
  "commit-lag": z.string().optional(),
  "lock-row": z.strictObject({ who: name, times: z.number() }).optional(),
  "salesforce-refuses": z.strictObject({ field: z.string(), value, message: z.string() }).optional(),
  "salesforce-allows-again": z.string().optional(),
  "new-login": z.literal("needed").optional(),
  /** A request of ours that was held up on its way arrives only now. */
  "our-late-write": perPerson.optional(),
  /** Field-level security: LeadLoop's user no longer sees this field of leads, or sees it again. */
  "hide-field": z.string().optional(),
  "show-field": z.string().optional(),
  /** A Salesforce user leaves, or is back; by e-mail address. */
  "user-leaves": z.string().optional(),
  "user-is-back": z.string().optional(),
  /** The only values that a multi-select of leads takes from now on. */
  picklist: z.strictObject({ field: z.string(), values: z.array(z.string()) }).optional(),
  /** So many of Salesforce's requests in 24 hours are left. */
  "salesforce-calls-left": z.number().optional(),
  /** The next run is one of another process, which remembers nothing. */
  restart: z.literal("please").optional(),
  expect: people.optional(),
});
const oneThing = "takes one key; start the next step with a dash";
const hasOneKey = (step: object): boolean => Object.keys(step).length === 1;

const step = simpleStep
  .extend({
    /** What happens between our read and our next write to that system. */
    "just-before-write": z.strictObject({ to: system, do: z.array(simpleStep.refine(hasOneKey, oneThing)) }).optional(),
  })
  .refine(hasOneKey, oneThing);

const story = z.strictObject({
  story: z.string(),
  /** People whom both systems know, linked and at rest, with the values they start from. */
  given: z
    .record(name, z.union([z.null(), z.strictObject({ hubspot: fields.optional(), salesforce: fields.optional() })]))
    .optional(),
  when: z.array(step),
  /** Holds after runs every five minutes have come to a run that writes nothing. */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then is how stories are told, and nobody awaits one.
  then: people,
  /** An open gap: what fails, and why. The story must fail as long as this stands here. */
  gap: z.string().optional(),
});

export const storyFileShape = z.strictObject({ stories: z.array(story).min(1) });

export type Story = z.infer<typeof story>;
export type StoryStep = z.infer<typeof step>;
export type SimpleStep = z.infer<typeof simpleStep>;
export type ExpectedRun = z.infer<typeof run>;
export type ExpectedPerson = z.infer<typeof person>;
export type Trouble = z.infer<typeof trouble>;
export type Fields = z.infer<typeof fields>;
