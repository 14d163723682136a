/** Gives LeadLoop's own user access to fields, by a permission set of LeadLoop's that does nothing else. */
import { StopRun } from "../../core/errors.ts";
import type { RawValue } from "../../core/model/record.ts";
import type { FieldAccess } from "../../jobs/ports.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { SIZES } from "./salesforce-paths.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { collectionAnswer, idOf, type Row } from "./salesforce-wire.ts";
import { isOneOf } from "./soql.ts";

/** Its API name and label. Whoever renames it in Salesforce gets another one the next time. */
const PERMISSION_SET = "LeadLoop";

/**
 * Finds or makes the permission set, gives it read and edit access to each field that it lacks, and assigns it to the user who is logged in. A second time
 * it finds all of that. `reason` is Salesforce's own word where the user may not manage permission sets; what was done before it stays.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_fieldpermissions.htm
 */
export async function grantFieldAccess(
  calls: SalesforceCalls,
  user: string,
  fields: readonly { readonly object: string; readonly name: string }[],
): Promise<FieldAccess> {
  try {
    const set = (await only(calls, "PermissionSet", "Name", PERMISSION_SET)) ?? (await makeSet(calls));
    const names = fields.map(({ object, name }) => `${object}.${name}`);
    const rows = await rowsOf(calls, "FieldPermissions", ["Field", "PermissionsEdit"], "ParentId", set);
    const known = new Map(rows.map((row) => [String(row["Field"]), row]));
    const lacking = names.filter((name) => !known.has(name));
    const readOnly = names.flatMap((name) => {
      const row = known.get(name);
      return row !== undefined && row["PermissionsEdit"] !== true ? [row] : [];
    });
    const both = { PermissionsRead: true, PermissionsEdit: true };
    await send(calls, "POST", "FieldPermissions", [
      ...lacking.map((Field) => ({ ParentId: set, SobjectType: Field.split(".")[0] ?? "", Field, ...both })),
    ]);
    await send(
      calls,
      "PATCH",
      "FieldPermissions",
      readOnly.map((row) => ({ id: idOf(row), ...both })),
    );
    const assigned = await rowsOf(calls, "PermissionSetAssignment", ["AssigneeId"], "PermissionSetId", set);
    if (!assigned.some((row) => row["AssigneeId"] === user))
      await send(calls, "POST", "PermissionSetAssignment", [{ PermissionSetId: set, AssigneeId: user }]);
    return { granted: lacking.length + readOnly.length, reason: null };
  } catch (error) {
    if (!(error instanceof NotLet)) throw error;
    return { granted: 0, reason: error.message };
  }
}

/** Salesforce does not let the user do it. */
class NotLet extends Error {}

async function makeSet(calls: SalesforceCalls): Promise<string> {
  const Description = "Access to the fields that LeadLoop reads and writes; made by leadloop setup.";
  const [id] = await send(calls, "POST", "PermissionSet", [
    { Name: PERMISSION_SET, Label: PERMISSION_SET, Description },
  ]);
  if (id === undefined) throw new StopRun("Salesforce gave the new permission set no id");
  return id;
}

async function only(calls: SalesforceCalls, object: string, field: string, value: string): Promise<string | undefined> {
  const [row] = await rowsOf(calls, object, [field], field, value);
  return row === undefined ? undefined : idOf(row);
}

async function rowsOf(
  calls: SalesforceCalls,
  object: string,
  fields: readonly string[],
  by: string,
  value: string,
): Promise<readonly Row[]> {
  const where = [isOneOf(by, [value])];
  const [rows = []] = await readRows(calls, [{ object, fields: ["Id", ...fields], where, includeDeleted: false }]);
  return rows;
}

/** The ids in the order of the rows. Throws NotLet at the first row that is refused. */
async function send(
  calls: SalesforceCalls,
  method: "POST" | "PATCH",
  type: string,
  rows: readonly Readonly<Record<string, RawValue>>[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let start = 0; start < rows.length; start += SIZES.collection) {
    const records = rows.slice(start, start + SIZES.collection).map((row) => ({ attributes: { type }, ...row }));
    const answer = await calls.send({
      method,
      path: calls.paths.collections,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ allOrNone: true, records }),
      what: `the ${type} of LeadLoop's permission set`,
      write: true,
    });
    if (!answer.ok) throw new NotLet(`${answer.refusal.code}: ${answer.refusal.message}`);
    const parsed = collectionAnswer.safeParse(answer.body);
    if (!parsed.success) throw new StopRun(`${type}: the answer has a form that LeadLoop does not know`);
    // With allOrNone the row at fault is told apart from those that were taken back with it.
    const errors = parsed.data.flatMap((row) => (row.success ? [] : row.errors));
    const cause = errors.find(({ statusCode }) => statusCode !== "ALL_OR_NONE_OPERATION_ROLLED_BACK") ?? errors[0];
    if (cause !== undefined) throw new NotLet(`${cause.statusCode}: ${cause.message}`);
    ids.push(...parsed.data.map(({ id }) => id ?? ""));
  }
  return ids;
}
