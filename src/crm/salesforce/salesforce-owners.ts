/** Reads who can own records in the org and how many calls it has left today. */
import { StopRun } from "../../core/errors.ts";
import type { Owner } from "../../core/model/record.ts";
import type { CallLimits } from "../../jobs/ports.ts";
import type { CallBudget } from "../call-budget.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { idOf, idOrNull, limitsAnswer, type Row, textOrNull } from "./salesforce-wire.ts";
import { isOneOf } from "./soql.ts";

/** Active and inactive users who can own records, and queues. Portal guests and other automatic users are left out: they can be a million. */
export async function readOwners(calls: SalesforceCalls): Promise<readonly Owner[]> {
  const [users, queues] = await readRows(calls, [
    {
      object: "User",
      fields: ["Id", "Name", "Email", "IsActive", "UserType", "ManagerId", "TimeZoneSidKey"],
      where: [isOneOf("UserType", ["Standard", "PowerPartner"])],
      includeDeleted: false,
    },
    { object: "Group", fields: ["Id", "Name", "Email"], where: [isOneOf("Type", ["Queue"])], includeDeleted: false },
  ]);
  return [...(users ?? []).map((row) => ownerFrom(row, false)), ...(queues ?? []).map((row) => ownerFrom(row, true))];
}

function ownerFrom(row: Row, queue: boolean): Owner {
  return {
    id: idOf(row),
    email: textOrNull(row["Email"]),
    name: textOrNull(row["Name"]) ?? "",
    active: queue || row["IsActive"] === true,
    managerId: idOrNull(row["ManagerId"]),
    timeZone: textOrNull(row["TimeZoneSidKey"]),
    queue,
  };
}

/** The org's daily quota, exactly (the header on other answers is approximate). One call. */
export async function readLimits(calls: SalesforceCalls, budget: CallBudget): Promise<CallLimits> {
  const what = "the limits of the org";
  const body = await calls.need({ method: "GET", path: calls.paths.limits, what, write: false });
  const parsed = limitsAnswer.safeParse(body);
  if (!parsed.success) throw new StopRun(`${what} have a form that LeadLoop does not know`, { cause: parsed.error });
  const daily = parsed.data.DailyApiRequests;
  if (daily === undefined) return { daily: null };
  budget.observeDaily(daily.Max, daily.Remaining);
  return { daily: { limit: daily.Max, remaining: daily.Remaining } };
}
