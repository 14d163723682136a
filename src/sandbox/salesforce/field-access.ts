/** What permission sets give the integration user: a field is seen once a set that the user has shows it, and a set says so once for each field. */
import type { FieldDefinition, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { type OrgState, tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_fieldpermissions.htm */
export function requireAccessRow(state: OrgState, object: ObjectDefinition, row: StoredRecord): void {
  if (object.name === "PermissionSet") {
    requireNone(state, object, "Name", row, ["Name"], "duplicate value found: Name");
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(String(row["Name"])))
      throw new SalesforceFault("FIELD_INTEGRITY_EXCEPTION", "API Name: invalid developer name", { fields: ["Name"] });
  }
  if (object.name === "PermissionSetAssignment")
    requireNone(
      state,
      object,
      "PermissionSetId",
      row,
      ["PermissionSetId", "AssigneeId"],
      "Duplicate PermissionSetAssignment",
    );
  if (object.name === "FieldPermissions") requireFieldRow(state, object, row);
}

function requireFieldRow(state: OrgState, object: ObjectDefinition, row: StoredRecord): void {
  const [type = "", name = ""] = String(row["Field"]).split(".");
  const field = fieldOf(state, type, name);
  if (field === undefined || type !== row["SobjectType"] || field["permissionable"] === false) {
    throw new SalesforceFault(
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      `Field Name: bad value for restricted picklist field: ${String(row["Field"])}`,
      { fields: ["Field"] },
    );
  }
  if (row["PermissionsEdit"] === true && row["PermissionsRead"] !== true)
    throw new SalesforceFault("FIELD_INTEGRITY_EXCEPTION", "Edit access to a field needs read access to it");
  requireNone(state, object, "ParentId", row, ["ParentId", "Field"], "duplicate value found: <unknown>");
}

function fieldOf(state: OrgState, type: string, name: string): (FieldDefinition & Record<string, unknown>) | undefined {
  return state.catalog.object(type)?.fields.get(name) as (FieldDefinition & Record<string, unknown>) | undefined;
}

function requireNone(
  state: OrgState,
  object: ObjectDefinition,
  by: string,
  row: StoredRecord,
  same: readonly string[],
  words: string,
): void {
  const table = tableOf(state, object);
  for (const id of table.idsWith(by, String(row[by]))) {
    const other = table.latest(id);
    if (other === undefined || id === row["Id"] || same.some((name) => other[name] !== row[name])) continue;
    throw new SalesforceFault("DUPLICATE_VALUE", `${words} duplicates value on record with id: ${id.slice(0, 15)}`);
  }
}

/** Shows the integration user what its permission sets say by now. */
export function applyAccess(state: OrgState, object: ObjectDefinition): void {
  if (object.name !== "FieldPermissions" && object.name !== "PermissionSetAssignment") return;
  const assignments = tableOf(state, state.catalog.require("PermissionSetAssignment"));
  const rows = tableOf(state, state.catalog.require("FieldPermissions"));
  for (const id of assignments.idsWith("AssigneeId", state.integrationUserId)) {
    const set = assignments.latest(id)?.["PermissionSetId"];
    for (const row of rows.idsWith("ParentId", String(set))) {
      const permission = rows.latest(row);
      if (permission?.["PermissionsRead"] === true) state.hidden.delete(String(permission["Field"]));
    }
  }
}
