/** I15, I18, I19, I20, I22: how the calls themselves behave. */
import type { Checker } from "../evidence.ts";
import { ARCHIVED, type RequestRow } from "../stand-ins.ts";

/** I15 for the calls: nothing is asked for that the vendors' own descriptions do not allow. */
export const callsAreDescribed: Checker = ({ systems }) =>
  systems.described.undescribed.map(
    ({ system, request, reason }) => `${system}: ${request} is in no description of the vendor: ${reason}`,
  );

/** I18: after a refusal that names a wait nothing is sent before it is over, and an empty quota is not asked again and again. */
export const limitsAreKept: Checker = ({ systems }) => {
  const found: string[] = [];
  for (const refusal of systems.refusals) {
    if (refusal.how !== "retry-after" || refusal.system !== "hubspot") continue;
    const early = systems.requests.filter(
      (row) =>
        row.invocation === refusal.invocation &&
        row.system === refusal.system &&
        row.sentAt > refusal.heardAt &&
        row.sentAt < refusal.heardAt + 30_000,
    );
    if (early.length > 0)
      found.push(`invocation ${refusal.invocation} called ${refusal.system} within its Retry-After`);
  }
  const empty = new Map<number, number>();
  // Whose answer was lost does not know of it.
  const heard = systems.requests.filter(({ fault }) => fault === null || fault === "freeze");
  for (const row of heard) if (isEmpty(row)) empty.set(row.invocation, (empty.get(row.invocation) ?? 0) + 1);
  for (const [invocation, times] of empty)
    if (times > 4) found.push(`invocation ${invocation} asked ${times} times after the day's quota was gone`);
  return found;
};

function isEmpty({ response }: RequestRow): boolean {
  return response.body.includes('"DAILY"') || response.body.includes("TotalRequests Limit exceeded");
}

interface Body {
  readonly inputs?: readonly { readonly id?: string; readonly idProperty?: string }[];
  readonly records?: readonly { readonly id?: string; readonly Id?: string }[];
  readonly compositeRequest?: readonly { readonly url: string; readonly method: string }[];
}

function idsOf({ request }: RequestRow): string[] {
  if (!request.body.startsWith("{")) return [];
  const body = JSON.parse(request.body) as Body;
  const patched = (body.compositeRequest ?? []).filter((sub) => sub.method === "PATCH");
  return [
    ...(body.inputs ?? []).filter((input) => typeof input === "object").map((input) => input.id ?? ""),
    ...(body.records ?? []).map((record) => record.id ?? record.Id ?? ""),
    ...patched.map((sub) => sub.url.split("/").at(-1) ?? ""),
  ].filter((id) => id !== "");
}

/** I19: no record twice in a batch, no batch too large. */
export const batchesAreClean: Checker = ({ systems }) =>
  systems.requests.flatMap((row) => {
    if (row.request.method === "GET") return [];
    const ids = idsOf(row);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    const most = row.system === "hubspot" ? 100 : 200;
    if (twice.length === 0 && ids.length <= most) return [];
    return [`${row.request.path} held ${ids.length} records, ${twice.length} of them twice`];
  });

/** Late commits and lag: a run that began earlier may not have known. */
const BLIND_MS = 330_000;

/** I20: what is converted, merged away or deleted is left alone by every run that could know. */
export const theDeadAreLeftAlone: Checker = ({ systems, humans, invocations }) => {
  const deaths = humans.filter(
    (row) =>
      ["convert", "delete", "merge", "erase"].includes(row.what) &&
      // The survivor of a merge lives.
      row.after !== row.id &&
      row.object !== "Task" &&
      row.object !== "Opportunity",
  );
  return systems.requests
    .filter(
      ({ request, system }) =>
        request.method === "PATCH" ||
        (system === "salesforce" && request.path.endsWith("/composite")) ||
        /batch\/update$/.test(request.path),
    )
    .flatMap((row) =>
      idsOf(row).flatMap((id) => {
        const death = deaths.find((one) => one.id === id);
        // A run that was killed never ended, so only its first call tells when it began.
        const began =
          invocations.find((one) => one.number === row.invocation)?.startedAt ??
          systems.requests.find((one) => one.invocation === row.invocation)?.sentAt ??
          row.at;
        if (death === undefined || began < death.at + BLIND_MS) return [];
        const back = humans.some((one) => one.what === "restore" && one.id === id && one.at > death.at);
        return back ? [] : [`invocation ${row.invocation} wrote to ${id}, which was gone (${death.what}) long before`];
      }),
    );
};

/** I22: before the settled cursor passes an edit, the record was read with it. */
export const cursorsAreSound: Checker = ({ systems, humans, storeLog, plan }) => {
  const settled = storeLog.flatMap((row) => {
    if (row.method !== "ingest") return [];
    const { cursors } = row.given[1] as {
      cursors: readonly { system: string; object: string; lane: string; position: string }[];
    };
    return cursors.filter((cursor) => cursor.lane === "settled").map((cursor) => ({ at: row.at, ...cursor }));
  });
  return humans
    .filter((row) => row.field !== null && ["edit", "clear", "create", "stage"].includes(row.what))
    .flatMap((row) => {
      const stamp = row.at + plan.setting.skews[row.system];
      const passed = settled.find(
        (cursor) =>
          cursor.system === row.system && cursor.object === row.object && Date.parse(cursor.position) > stamp + 1_000,
      );
      if (passed === undefined) return [];
      const seen = systems.requests.some(
        (request) =>
          request.system === row.system &&
          request.at >= row.at &&
          request.at <= passed.at &&
          request.response.body.includes(row.id),
      );
      const gone = humans.some(
        (other) =>
          other.at >= row.at &&
          other.at < passed.at &&
          other.id === row.id &&
          ["delete", "merge", "erase", "convert"].includes(other.what),
      );
      // Ours, where the mapping archives who was deleted on the other side.
      const archived = systems.changes.some(
        ({ id, field, after, at }) =>
          id === row.id && field === ARCHIVED && after !== undefined && at >= row.at && at <= passed.at,
      );
      // The version of the edit is no more: the record has a later stamp, which the cursor has yet to pass.
      const moved = [...humans, ...systems.changes].some(
        (other) =>
          other.id === row.id &&
          other.at > row.at &&
          other.at <= passed.at &&
          other.at + plan.setting.skews[row.system] >= Date.parse(passed.position),
      );
      return seen || gone || archived || moved
        ? []
        : [
            `${row.object} ${row.id}, edited at ${new Date(row.at).toISOString()}, was passed by the settled cursor unread`,
          ];
    });
};
