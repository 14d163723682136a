/** Plays the stories of one file in one world, each with people of its own, and says where in the file an expectation failed. */
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { checkPeople, checkRun } from "./story-checks.ts";
import { StoryPeople } from "./story-people.ts";
import type { ExpectedRun, SimpleStep, Story, StoryStep } from "./story-shape.ts";
import { faultOf } from "./story-trouble.ts";
import { type SyncWorld, writesOf } from "./sync-world.ts";

/** Where a part of the story stands: `file:line`. */
export type PlaceOf = (path: readonly (string | number)[]) => string;

export class StoryPlayer {
  readonly #world: SyncWorld;
  readonly #story: Story;
  readonly #place: PlaceOf;
  readonly people: StoryPeople;
  #dependencies: SyncDependencies;

  constructor(world: SyncWorld, story: Story, number: number, place: PlaceOf) {
    this.#world = world;
    this.#story = story;
    this.#place = place;
    this.people = new StoryPeople(world, number);
    this.#dependencies = world.dependencies();
  }

  /** Puts the people in, not linked yet. One settling links those of all stories. */
  prepare(): void {
    for (const [name, given] of Object.entries(this.#story.given ?? {})) this.people.know(name, given ?? {});
  }

  async play(): Promise<void> {
    for (const [index, step] of this.#story.when.entries()) {
      const place = this.#place(["when", index]);
      try {
        await this.#step(step, place);
      } catch (error) {
        throw placed(place, error);
      }
    }
    this.#calm();
    await this.#settle();
    await checkPeople(this.#world, this.people, this.#story.then, (name) => this.#place(["then", name]));
    await this.#neverTwice();
  }

  /** After a story that failed half-way, the next one starts in a world at rest. */
  async end(): Promise<void> {
    this.#calm();
    await this.#settle();
  }

  #calm(): void {
    const { sandbox } = this.#world;
    sandbox.hubspotFaults.clear();
    sandbox.salesforceFaults.clear();
    sandbox.hubspot.setTimes({ lagMs: [2_000, 8_000] });
    sandbox.salesforce.setCommitDelay(0);
  }

  async #settle(): Promise<void> {
    for (let run = 0; run < 20; run += 1) {
      await this.#world.pass(5);
      if (writesOf(await this.#sync()) === 0) return;
    }
    throw new Error("twenty runs in a row wrote something");
  }

  #sync(): Promise<SyncResult> {
    return this.#world.sync({}, this.#dependencies);
  }

  async #step(step: StoryStep, place: string): Promise<void> {
    const { "just-before-write": before, ...rest } = step;
    if (before !== undefined) {
      const { clients } = this.#dependencies;
      return beforeNextWrite(clients[before.to], () => {
        for (const deed of before.do) this.#deed(deed);
      });
    }
    if (this.#deed(rest)) return;
    if (rest.wait !== undefined) return this.#world.pass(minutesIn(rest.wait));
    if (rest.expect !== undefined) return checkPeople(this.#world, this.people, rest.expect, () => place);
    if (rest.settle !== undefined) return this.#settle();
    if (rest["salesforce-calls-left"] !== undefined) return this.#leaveCalls(rest["salesforce-calls-left"]);
    if (rest.restart !== undefined) {
      this.#dependencies = this.#world.dependencies();
      return;
    }
    if (rest["follow-up"] !== undefined) {
      await runFollowUp(this.#dependencies);
      return;
    }
    return this.#runs(rest);
  }

  async #runs(step: SimpleStep): Promise<void> {
    if (step.sync !== undefined) return checkRun(await this.#sync(), step.sync);
    if (step["sync-twice"] !== undefined) return this.#twice(step["sync-twice"]);
    const { quiet } = step;
    if (quiet === undefined) throw new Error("a step that the player does not know");
    for (let run = 0; run < quiet.runs; run += 1) {
      await this.#world.pass(minutesIn(quiet.every));
      checkRun(await this.#sync(), { writes: "none", conflicts: 0 });
    }
  }

  async #leaveCalls(left: number): Promise<void> {
    const { daily } = await this.#world.dependencies().clients.salesforce.limits();
    if (daily === null) throw new Error("Salesforce told no daily limit");
    this.#world.sandbox.salesforce.setDailyLimit(daily.limit - daily.remaining + left);
  }

  async #twice(expected: ExpectedRun): Promise<void> {
    const [one, other] = await Promise.all([this.#sync(), this.#world.sync()]);
    const [idle, busy] = one.outcome === "paused" ? [one, other] : [other, one];
    checkRun(idle, { outcome: "paused", writes: "none", says: "another run" });
    checkRun(busy, expected);
  }

  /** Something that people or the systems do at once; false for a step that takes time. */
  #deed(step: SimpleStep): boolean {
    const { people } = this;
    for (const [name, fields] of Object.entries(step.hubspot ?? {})) people.editInHubspot(name, fields);
    for (const [name, fields] of Object.entries(step.salesforce ?? {})) people.editInSalesforce(name, fields);
    for (const [name, fields] of Object.entries(step["new-contact"] ?? {})) people.newInHubspot(name, fields);
    for (const [name, fields] of Object.entries(step["new-lead"] ?? {})) people.newInSalesforce("Lead", name, fields);
    for (const [name, fields] of Object.entries(step["new-salesforce-contact"] ?? {}))
      people.newInSalesforce("Contact", name, fields);
    for (const [name, fields] of Object.entries(step["our-late-write"] ?? {})) people.writeLate(name, fields);
    if (step.delete !== undefined) people.delete(step.delete.in, step.delete.who);
    if (step.restore !== undefined) people.restore(step.restore.in, step.restore.who);
    if (step.merge !== undefined) people.merge(step.merge.in, step.merge.keep, step.merge.lose);
    if (step.convert !== undefined) people.convert(step.convert);
    if (step["delete-task-of"] !== undefined) people.deleteTasksOf(step["delete-task-of"]);
    this.#conditions(step);
    const [key = ""] = Object.keys(step);
    return !TAKES_TIME.has(key);
  }

  #conditions(step: SimpleStep): void {
    const { sandbox } = this.#world;
    const { trouble, "salesforce-refuses": refusal, "lock-row": lock } = step;
    if (trouble !== undefined)
      (trouble.with === "hubspot" ? sandbox.hubspotFaults : sandbox.salesforceFaults).add(faultOf(trouble));
    if (step["trouble-over"] !== undefined) this.#calm();
    if (step["index-lag"] !== undefined) {
      const lag = minutesIn(step["index-lag"]) * 60_000;
      sandbox.hubspot.setTimes({ lagMs: [lag, lag] });
    }
    if (step["commit-lag"] !== undefined) sandbox.salesforce.setCommitDelay(minutesIn(step["commit-lag"]) * 60_000);
    if (lock !== undefined) sandbox.salesforce.lockRows([this.people.salesforceId(lock.who)], lock.times);
    if (refusal !== undefined)
      sandbox.salesforce.addValidationRule("Lead", {
        name: refusal.message,
        message: refusal.message,
        field: refusal.field,
        refuses: (record) => record[refusal.field] === refusal.value,
      });
    const allowed = step["salesforce-allows-again"];
    if (allowed !== undefined) sandbox.salesforce.removeValidationRule("Lead", allowed);
    if (step["new-login"] !== undefined) sandbox.salesforce.expireSessions();
    this.#administration(step);
  }

  /** What the admins of both systems do. */
  #administration(step: SimpleStep): void {
    const { salesforce } = this.#world.sandbox;
    const { "hide-field": hidden, "show-field": shown, picklist } = step;
    if (hidden !== undefined) salesforce.hideField("Lead", hidden);
    if (shown !== undefined) salesforce.showField("Lead", shown);
    if (picklist !== undefined) {
      const { field: name, values } = picklist;
      const kind = { label: name, type: "multipicklist", restrictedPicklist: true } as const;
      salesforce.defineField("Lead", { name, ...kind, picklistValues: values });
    }
    for (const [email, active] of [
      [step["user-leaves"], false],
      [step["user-is-back"], true],
    ] as const) {
      const [user] = email === undefined ? [] : salesforce.recordsBy("User", "Email", email);
      if (user !== undefined) salesforce.setUserActive(String(user["Id"]), active);
      else if (email !== undefined) throw new Error(`nobody at Salesforce has the address ${email}`);
    }
  }

  /** What holds after every story: one live record for an address, one task for a cause. */
  async #neverTwice(): Promise<void> {
    const doubles = this.people.doubles();
    if (doubles.length > 0) throw placed(this.#place([]), new Error(`there twice: ${doubles.join(", ")}`));
  }
}

const TAKES_TIME: ReadonlySet<string> = new Set([
  "wait",
  "sync",
  "sync-twice",
  "quiet",
  "settle",
  "restart",
  "salesforce-calls-left",
  "follow-up",
  "expect",
]);

function placed(place: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${place}: ${message}`, { cause });
}

/** Does something just before the client's next write, once. */
function beforeNextWrite(client: CrmClient, deed: () => void): void {
  const write = client.write.bind(client);
  Object.assign(client, {
    write: (writes: Parameters<CrmClient["write"]>[0]) => {
      Object.assign(client, { write });
      deed();
      return write(writes);
    },
  });
}

const UNITS: Readonly<Record<string, number>> = { second: 1 / 60, minute: 1, hour: 60, day: 1_440 };

/** "90 seconds", "5 minutes", "1 hour", "2 days". */
function minutesIn(text: string): number {
  const [count = "", unit = ""] = text.split(" ");
  const minutes = UNITS[unit.replace(/s$/, "")];
  if (minutes === undefined || !/^\d+$/.test(count)) throw new Error(`"${text}" is no time; write 5 minutes`);
  return Number(count) * minutes;
}
