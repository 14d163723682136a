/** Lives through months of a sandbox's time, from one thing that is due to the next, and notes what a person's cadences show in both systems. */
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import type { SyncWorld } from "../support/sync-world.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** A step as somebody sees it: the value in HubSpot, or the task in Salesforce; `day` counts from the first moment of the watch. */
interface SeenStep {
  readonly day: number;
  readonly what: string;
}

export interface CadenceWatch {
  /** Lets time pass: a follow-up whenever the person has something due, and a sync at least each week, without which nothing is followed up. */
  days(count: number): Promise<void>;
  /** In the order of time. */
  readonly seen: readonly SeenStep[];
  /** The value that HubSpot's workflows listen to; "" for none. */
  nextStep(): string;
  tasks(): ReturnType<SyncWorld["sandbox"]["salesforce"]["records"]>;
}

/** `contact` is the HubSpot contact's id. */
export function watchCadences(world: SyncWorld, email: string, contact: string): CadenceWatch {
  const { hubspot, salesforce } = world.sandbox;
  const kept = world.dependencies();
  const start = Date.parse(world.clock.now());
  const seen: SeenStep[] = [];
  const known = new Set<unknown>();
  const nextStep = (): string => String(hubspot.contact(contact)?.properties["leadloop_next_step"] ?? "");
  let lastStep = nextStep();
  let people: readonly unknown[] = [];
  const tasks = () => salesforce.records("Task").filter((task) => people.includes(task["WhoId"]));
  const note = (): void => {
    const day = Math.floor((Date.parse(world.clock.now()) - start) / DAY_MS);
    if (nextStep() !== lastStep && nextStep() !== "") seen.push({ day, what: nextStep() });
    lastStep = nextStep();
    for (const { Id, Subject } of tasks()) {
      if (!known.has(Id)) seen.push({ day, what: String(Subject) });
      known.add(Id);
    }
  };
  return {
    seen,
    nextStep,
    tasks,
    async days(count) {
      const end = Date.parse(world.clock.now()) + count * DAY_MS;
      let nextSync = Date.parse(world.clock.now()) + WEEK_MS;
      for (let now = Date.parse(world.clock.now()); now < end; now = Date.parse(world.clock.now())) {
        const link = await world.person(email);
        people = [link.salesforceId];
        const due = Math.max(now, Date.parse(link.followUpAt ?? "9999-01-01"));
        const until = Math.min(due, nextSync, end);
        await world.pass((until - now) / 60_000 + 1);
        if (until === nextSync) {
          await world.sync({}, kept);
          nextSync += WEEK_MS;
        }
        if (due === until) await followUp(world, email, kept);
        people = [(await world.person(email)).salesforceId];
        note();
      }
    },
  };
}

/** A pass that looked at the person moves what is due next into the future, or nobody would ever see its end. */
async function followUp(world: SyncWorld, email: string, kept: SyncDependencies): Promise<void> {
  const { sync } = await runFollowUp(kept);
  const { followUpAt } = await world.person(email);
  const now = world.clock.now();
  if (followUpAt != null && followUpAt <= now)
    throw new Error(
      `at ${now} the person is still due since ${followUpAt}: ${sync.outcome}, ${sync.reasons.join("; ")}`,
    );
}
