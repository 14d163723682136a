/** One run of the sync: read what changed, decide, write, commit; stops cleanly at a checkpoint when time, quota or safety says so. */
import { RetryLater, StopRun } from "../core/errors.ts";
import { NOTHING_YET } from "../core/sync/check-safety.ts";
import { convertedInWords } from "../core/sync/converted-fields.ts";
import { refreshCampaignCosts } from "./campaign-costs.ts";
import { deliverCampaignSummaries, planCampaignSummaries } from "./campaign-summaries.ts";
import { changeTasks } from "./change-tasks.ts";
import { deliverNotices } from "./deliver-notices.ts";
import { deliverTasks } from "./deliver-tasks.ts";
import type { JudgedPlan } from "./ended-people.ts";
import { findOverruns } from "./find-overruns.ts";
import { hiddenInWords } from "./hidden-opportunities.ts";
import { rememberQuota } from "./known-quota.ts";
import { leftOutInWords } from "./left-out-fields.ts";
import { noteGap } from "./lost-tasks.ts";
import { refreshOrgCurrency } from "./org-currency.ts";
import { approvalOf } from "./plan-name.ts";
import { prepareRun } from "./prepare-run.ts";
import { type ChangesRead, readChanges } from "./read-changes.ts";
import { askToReconcile, observePeople, reconcileReason } from "./reconcile.ts";
import { endFirstLoad, keepStop, keptStop, needsRehearsal, stopReason, stopWith } from "./safety-stop.ts";
import { presentClasses } from "./sales-classes.ts";
import type { Lease } from "./state-port.ts";
import { type RunFacts, SYNC_JOB, type SyncDependencies } from "./sync-dependencies.ts";
import { type RunOutcome, RunTally, type SyncResult } from "./sync-result.ts";
import { tellStop } from "./tell-stop.ts";
import { undoRun } from "./undo-run.ts";
import { untrusted } from "./walk-everybody.ts";
import { type Approve, workMarks, workOnce } from "./work-marks.ts";

export interface SyncOptions {
  /** Read and decide, store and send nothing. */
  readonly dry?: boolean;
  /** Read everything there is, whatever the cursors say. */
  readonly full?: boolean;
  /** Only these marks, which are stored already; read no changes. */
  readonly only?: readonly string[];
  /** What the run is called in `status`; "sync" if absent. */
  readonly job?: string;
  /** Take back what the run of this id wrote, and nothing else. */
  readonly undo?: string;
  /** Only work marks that are stored already (the follow-up pass has made them); read no changes. */
  readonly onlyMarked?: boolean;
  /** Give back every write, conflict, skip and reject, not only their counts. A dry run always does. */
  readonly keepPlan?: boolean;
  /** Lets a plan through that safety would stop: it was looked at by a person. Asked with the writes of each chunk. */
  readonly approve?: Approve;
  /** Lets the plan of this name through, once: the name that a safety stop has told. */
  readonly approvePlan?: string;
}

/** Runs once. Never throws for one record; a StopRun becomes the outcome, with everything before it committed. */
export async function runSync(dependencies: SyncDependencies, options: SyncOptions = {}): Promise<SyncResult> {
  const { store, clock, log, clients, rulebook } = dependencies;
  const started = Date.parse(clock.now());
  const callsBefore = { hubspot: clients.hubspot.calls, salesforce: clients.salesforce.calls };
  const run = dependencies.newId();
  const job = options.job ?? SYNC_JOB;
  const tally =
    options.dry === true ? new RunTally(true, Number.POSITIVE_INFINITY) : new RunTally(options.keepPlan === true);
  const finish = (outcome: RunOutcome): SyncResult => {
    const calls = {
      hubspot: clients.hubspot.calls - callsBefore.hubspot,
      salesforce: clients.salesforce.calls - callsBefore.salesforce,
    };
    return tally.result(run, outcome, calls, Date.parse(clock.now()) - started);
  };
  const lease = await store.acquireLease(
    SYNC_JOB,
    dependencies.holder,
    rulebook.connector.leaseSeconds * 1_000,
    clock.now(),
  );
  if (lease === null) {
    tally.busy = true;
    tally.reasons.push("another run of the sync is under way; this one did nothing");
    log.warn({ event: "lease.busy", job: SYNC_JOB, holder: dependencies.holder });
    return finish("paused");
  }
  log.info({ event: "run.started", job, connection: dependencies.connection });
  if (options.dry !== true)
    await store.startRun({ id: run, job, startedAt: clock.now(), endedAt: null, outcome: null, counts: {} });
  const outcome = await runLeased(dependencies, options, lease, run, tally);
  const result = finish(outcome);
  if (options.dry !== true) {
    if (tally.stop !== null) await tellStop(dependencies, run, tally.stop);
    await deliverNotices(dependencies);
    for (const client of [clients.hubspot, clients.salesforce]) await rememberQuota(store, client, clock.now());
    const { plan: _plan, ...counts } = result;
    await store.finishRun({
      id: run,
      job,
      startedAt: new Date(started).toISOString(),
      endedAt: clock.now(),
      outcome,
      counts: { ...counts },
    });
  }
  log.info({ event: "run.finished", job, outcome, counts: { ...result.considered } });
  return result;
}

async function runLeased(
  dependencies: SyncDependencies,
  options: SyncOptions,
  lease: Lease,
  run: string,
  tally: RunTally,
): Promise<RunOutcome> {
  try {
    const facts = await prepareRun(dependencies, lease, run, options.dry === true);
    await noteGap(dependencies.store, facts);
    const refused = await work(dependencies, facts, options, tally);
    if (refused !== null) {
      tally.reasons.push(refused);
      return "needs-attention";
    }
    tally.reasons.push(...tally.unanswered.reasons());
    if (tally.unpaired > 0) {
      tally.reasons.push(
        `left unpaired because others have the same e-mail address: ${tally.unpaired === 1 ? "1 record" : `${tally.unpaired} records`}; merge the doubles, or give one of them another address`,
      );
    }
    const converted = [...facts.schemas.values()].flatMap(convertedInWords);
    tally.reasons.push(...converted, ...leftOutInWords(dependencies, facts), ...hiddenInWords(tally.hidden));
    const open = tally.rejects + tally.openConflicts + tally.unpaired + converted.length + tally.hidden.size;
    return open > 0 ? "needs-attention" : "done";
  } catch (error) {
    // Patience has been spent on a call that everything depends on: the run ends here, the cursors stand, the next one tries again.
    const patience = error instanceof RetryLater;
    if (!patience && !(error instanceof StopRun)) throw error;
    const advice =
      ", and repeating it did not help; check the network, HUBSPOT_BASE_URL and SALESFORCE_LOGIN_URL, or wait: the next run goes on from here";
    const reason = patience ? `${error.message}${advice}` : error.message;
    tally.reasons.push(reason);
    tally.outOfTime = !patience && error.outOfTime;
    dependencies.log.warn({ event: "run.stopped", job: SYNC_JOB, reason });
    const outcome = patience ? "stopped" : error.kind;
    if (outcome === "stopped") tally.stop = { reason, cause: patience ? "patience" : "needs-person" };
    return outcome;
  } finally {
    await dependencies.store.releaseLease(lease);
  }
}

/** Gives the safety stop's reason, or null. */
async function work(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
): Promise<string | null> {
  if (options.undo !== undefined) return undoRun(dependencies, facts, tally, options.undo);
  const partly = options.onlyMarked === true || options.only !== undefined;
  const asked = await reconcileReason(dependencies);
  const doubt = asked ?? (await newDoubt(dependencies, facts));
  if (doubt !== null && partly)
    throw new StopRun(`${doubt}; the next whole sync compares everybody before anything is written`, {
      kind: "paused",
    });
  const changes: ChangesRead = partly
    ? {
        records: { hubspot: 0, salesforce: 0 },
        unchanged: 0,
        marks: [],
        salesforce: new Map(),
        salesforceIsWhole: false,
        links: new Map(),
        foreseen: NOTHING_YET,
        refused: [],
      }
    : await readChanges(
        dependencies,
        // What was read before a doubt came up is part of it.
        asked === doubt ? facts : { ...facts, readPasses: [] },
        options.full === true || doubt !== null,
      );
  if (doubt !== null && facts.dry) return `${doubt}; the next sync compares everybody and writes nothing`;
  tally.read.hubspot += changes.records.hubspot;
  tally.read.salesforce += changes.records.salesforce;
  tally.verdict("unchanged", changes.unchanged);
  for (const said of changes.refused) tally.hidden.add(said);
  if (doubt !== null) return observePeople(dependencies, facts, tally, changes, doubt);
  const marks = [...changes.marks, ...facts.reclassed, ...(await findOverruns(dependencies, facts, changes))];
  return decideAndWrite(dependencies, facts, options, tally, { ...changes, marks });
}

/** Why everybody is to be compared before anything is written, or null, where no earlier run has found that out. Kept until it is done. */
async function newDoubt(dependencies: SyncDependencies, facts: RunFacts): Promise<string | null> {
  const found = untrusted(dependencies, facts, facts.cursors);
  if (found !== null && !facts.dry) await askToReconcile(dependencies, found);
  return found;
}

/** Gives the safety stop's reason, or null. */
async function decideAndWrite(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
  changes: ChangesRead,
): Promise<string | null> {
  if (facts.dry) {
    const refused = await workOnce(dependencies, facts, options.approve, tally, changes);
    await planCampaignSummaries(dependencies, tally);
    return refused === null ? null : stopReason(dependencies, refused, tally);
  }
  const rehearsal = await rehearse(dependencies, facts, options, changes);
  const refused =
    rehearsal.refused ?? (await workUntilRefused(dependencies, facts, { ...options, ...rehearsal }, tally, changes));
  await keepStop(dependencies, refused);
  if (refused !== null) return refused;
  const late = await tellFirstClasses(dependencies, facts, { ...options, ...rehearsal }, tally, changes);
  if (late !== null) return late;
  if (options.onlyMarked !== true && options.only === undefined) await endFirstLoad(dependencies);
  await deliverTasks(dependencies, facts, tally);
  await changeTasks(dependencies, facts, tally);
  if (options.onlyMarked === true || options.only !== undefined) return null;
  await deliverCampaignSummaries(dependencies, facts, tally);
  await refreshOrgCurrency(dependencies, facts.schemas);
  const unread = await refreshCampaignCosts(dependencies, facts.schemas);
  if (unread !== null) tally.reasons.push(unread);
  return null;
}

/** The first sales of all are classed at the end of the run that heard of them. Gives the safety stop's reason, or null. */
async function tellFirstClasses(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
  changes: ChangesRead,
): Promise<string | null> {
  if (facts.salesClasses !== null || options.only !== undefined) return null;
  const { store, clock } = dependencies;
  const { classes, marks } = await presentClasses(store, facts.lease, clock.now());
  if (marks.length === 0) return null;
  const late = { ...changes, marks: [], salesforce: new Map(), salesforceIsWhole: false };
  const refused = await workUntilRefused(dependencies, { ...facts, salesClasses: classes }, options, tally, late);
  await keepStop(dependencies, refused);
  return refused;
}

/** What came of planning everything before the first write: the safety stop's reason, or who lets the plan through. */
interface Rehearsal {
  readonly refused: string | null;
  readonly approve?: Approve;
}

async function rehearse(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  changes: ChangesRead,
): Promise<Rehearsal> {
  const { approve, approvePlan, only } = options;
  if (approve !== undefined) return { refused: null };
  if (approvePlan === undefined && !(await needsRehearsal(dependencies, changes.foreseen))) return { refused: null };
  // A few records that were told are no reason to plan everything again: they wait with the others.
  if (only !== undefined) return { refused: await keptStop(dependencies.store) };
  const { refused, plan } = await planAll(dependencies, facts, changes);
  if (refused === null) return { refused };
  const approval = approvePlan === undefined ? null : approvalOf(approvePlan, plan, dependencies.ownFields);
  if (approval !== null) return { refused: null, approve: approval };
  return { refused: await stopWith(dependencies, refused, plan) };
}

/** A danger that nobody foresaw shows in mid-run; then what is left is planned as a whole, so that a person can see it and let it through. */
async function workUntilRefused(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
  changes: ChangesRead,
): Promise<string | null> {
  const refused = await workMarks(dependencies, facts, options.approve, tally, changes, options.only);
  if (refused === null) return null;
  const { plan } = await planAll(dependencies, facts, changes);
  return stopWith(dependencies, refused, plan);
}

async function planAll(
  dependencies: SyncDependencies,
  facts: RunFacts,
  changes: ChangesRead,
): Promise<{ readonly refused: string | null; readonly plan: JudgedPlan }> {
  const copy = { ...changes, salesforce: new Map(changes.salesforce) };
  const planned = new RunTally(true, Number.POSITIVE_INFINITY);
  const refused = await workOnce(dependencies, { ...facts, dry: true }, undefined, planned, copy);
  return { refused, plan: planned };
}
