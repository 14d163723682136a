/** Runs SOQL queries, as many in one call as Salesforce takes, and tells for each what came of it. */
import { StopRun } from "../../core/errors.ts";
import type { Instant } from "../../core/model/record.ts";
import type { Answer, SalesforceCalls } from "./salesforce-calls.ts";
import { patienceFor, type Refusal, refusalFrom, stopFor } from "./salesforce-errors.ts";
import { SIZES } from "./salesforce-paths.ts";
import { apiErrors, compositeAnswer, queryAnswer, type Row } from "./salesforce-wire.ts";

/** `includeDeleted` reads the recycle bin too (queryAll). */
export interface Query {
  readonly soql: string;
  readonly includeDeleted: boolean;
  /** For messages: the object that is asked for. */
  readonly object: string;
}

/** `complete`: Salesforce says that nothing follows these rows. A refusal is one that the caller can act on: `split`, or `stop` for a hidden field. */
export type QueryAnswer =
  | { readonly ok: true; readonly rows: readonly Row[]; readonly complete: boolean; readonly serverTime: Instant }
  | { readonly ok: false; readonly refusal: Refusal; readonly serverTime: Instant };

/** Answers in the order asked. Throws RetryLater when patience is at its end, StopRun when nothing can work. */
export async function runQueries(calls: SalesforceCalls, queries: readonly Query[]): Promise<readonly QueryAnswer[]> {
  const packs = packed(calls, queries);
  const answers = await Promise.all(packs.map((pack) => calls.repeated(() => runPack(calls, pack))));
  return answers.flat();
}

/** Ends the run over a query that neither fewer rows nor fewer fields can help. */
export function stopQuery(refusal: Refusal, object: string): StopRun {
  const { message, kind } = stopFor(refusal, `the query of ${object}`);
  return new StopRun(message, { kind, hiddenObject: refusal.code === "INVALID_TYPE" ? object : null });
}

/** A query too long for an address travels in the body of a call of its own. */
function packed(calls: SalesforceCalls, queries: readonly Query[]): readonly (readonly Query[])[] {
  const packs: Query[][] = [];
  let open: Query[] | null = null;
  for (const query of queries) {
    if (pathOf(calls, query).length > SIZES.uriBytes) {
      packs.push([query]);
      // Answers are given in the order asked, so a pack holds neighbours only.
      open = null;
      continue;
    }
    if (open === null || open.length >= SIZES.compositeQueries) {
      open = [];
      packs.push(open);
    }
    open.push(query);
  }
  return packs;
}

function runPack(calls: SalesforceCalls, pack: readonly Query[]): Promise<readonly QueryAnswer[]> {
  const [only] = pack;
  if (pack.length === 1 && only !== undefined && pathOf(calls, only).length <= SIZES.uriBytes)
    return runAlone(calls, only);
  return runTogether(calls, pack);
}

async function runAlone(calls: SalesforceCalls, query: Query): Promise<readonly QueryAnswer[]> {
  const what = `the query of ${query.object}`;
  const answer = await calls.once({ method: "GET", path: pathOf(calls, query), what, write: false });
  if (!answer.ok) return [answer];
  return [rowsOf(answer.body, query, answer)];
}

async function runTogether(calls: SalesforceCalls, pack: readonly Query[]): Promise<readonly QueryAnswer[]> {
  const what = `the query of ${pack.map(({ object }) => object).join(", ")}`;
  const answer = await calls.once({
    method: "POST",
    path: calls.paths.composite,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      allOrNone: false,
      compositeRequest: pack.map((query, index) => ({
        method: "GET",
        url: pathOf(calls, query),
        referenceId: `query${index}`,
      })),
    }),
    what,
    write: false,
  });
  if (!answer.ok) throw stopFor(answer.refusal, what);
  const parsed = compositeAnswer.safeParse(answer.body);
  if (!parsed.success) throw new StopRun(`${what}: the answer is not a composite answer`, { cause: parsed.error });
  const byReference = new Map(parsed.data.compositeResponse.map((part) => [part.referenceId, part]));
  return pack.map((query, index) => {
    const part = byReference.get(`query${index}`);
    if (part === undefined) throw new StopRun(`${what}: the answer lacks the part for ${query.object}`);
    if (part.httpStatusCode < 400) return rowsOf(part.body, query, answer);
    return refusedPart(part.body, part.httpStatusCode, query, answer.serverTime);
  });
}

/** A part that asks for patience has the whole call repeated: reading twice harms nobody. */
function refusedPart(body: unknown, status: number, { object }: Query, serverTime: Instant): QueryAnswer {
  const errors = apiErrors.safeParse(body);
  const refusal = refusalFrom(errors.success ? errors.data : [], status, "request");
  if (refusal.action === "retry") throw patienceFor(refusal, `the query of ${object}`, { write: false });
  if (refusal.action === "pause" || refusal.action === "log-in-again") throw stopQuery(refusal, object);
  return { ok: false, refusal, serverTime };
}

function rowsOf(body: unknown, { object }: Query, { serverTime }: Answer): QueryAnswer {
  const parsed = queryAnswer.safeParse(body);
  if (!parsed.success)
    throw new StopRun(`The query of ${object} was answered with something that is no list of records`, {
      cause: parsed.error,
    });
  return { ok: true, rows: parsed.data.records, complete: parsed.data.done, serverTime };
}

function pathOf(calls: SalesforceCalls, { soql, includeDeleted }: Query): string {
  return calls.paths.query(soql, includeDeleted);
}
