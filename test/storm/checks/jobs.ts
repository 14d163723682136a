/** I0, I21, I28: what the jobs themselves must keep to. */
import type { Checker } from "../evidence.ts";
import type { StoreRow } from "../simulated-store.ts";

/** I0: a job ends with a result, or says that a system or the state is out of reach; anything else that is thrown is a bug. */
export const noErrors: Checker = ({ invocations }) =>
  invocations.flatMap(({ number, job, error }) =>
    error === null
      ? []
      : [`invocation ${number} (${job}) threw ${error instanceof Error ? error.stack : String(error)}`],
  );

interface GivenLinks {
  readonly links?: readonly { readonly id: string; readonly version: number }[];
}

/** I21: nothing is stored under an old fence, and no version of a link is decided twice. */
export const fencesHold: Checker = ({ storeLog, putBack }) => {
  // A database that was put back counts on from where it stood at the backup.
  const until = putBack?.at ?? Number.POSITIVE_INFINITY;
  return [storeLog.filter(({ at }) => at <= until), storeLog.filter(({ at }) => at > until)].flatMap(fencesOf);
};

function fencesOf(storeLog: readonly StoreRow[]): string[] {
  const found: string[] = [];
  const newest = new Map<string, number>();
  const versions = new Set<string>();
  for (const { invocation, method, fence, given, answer } of storeLog.filter(storedAnything)) {
    if (method === "acquireLease") {
      if (fence !== null) newest.set(String(given[0]), fence);
      continue;
    }
    const { job } = given[0] as { job: string };
    if (fence !== newest.get(job))
      found.push(`invocation ${invocation}: ${method} under fence ${fence}, when ${newest.get(job)} was given`);
    if (method !== "commitDecisions" && method !== "commitOutcomes") continue;
    const stale = new Set((answer as { stale: readonly string[] }).stale);
    for (const { id, version } of (given[1] as GivenLinks).links ?? []) {
      if (stale.has(id)) continue;
      const decided = `${id} version ${version}`;
      if (versions.has(decided)) found.push(`${decided} was stored twice`);
      versions.add(decided);
    }
  }
  return found;
}

/** An empty list is not stored, under whatever fence. */
function storedAnything({ given }: StoreRow): boolean {
  return !Array.isArray(given[1]) || given[1].length > 0;
}

const CANARIES = [
  "@storm.example.com",
  "+1415200",
  "pat-sandbox",
  "sandbox-secret",
  "first hubspot",
  "first salesforce",
];

/** I28: no value of a person, and no secret, in the log. */
export const logsAreClean: Checker = ({ logged }) =>
  logged.flatMap((line) => {
    const found = CANARIES.find((canary) => line.includes(canary));
    return found === undefined ? [] : [`a line of the log shows "${found}": ${line}`];
  });
