/** Makes a contact property as an admin would. */
import type { NewField, NewFieldType } from "../../core/model/new-field.ts";
import type { FieldMade } from "../../jobs/ports.ts";
import { type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { RequestRefused } from "./hubspot-errors.ts";
import { HUBSPOT_PATHS } from "./hubspot-paths.ts";

/** The group that every account has for contacts; a group of our own would need another scope. */
const GROUP = "contactinformation";

interface PropertyCreate {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly groupName: string;
  readonly type: string;
  readonly fieldType: string;
  readonly hasUniqueValue?: true;
  readonly options?: readonly {
    readonly label: string;
    readonly value: string;
    readonly displayOrder: number;
    readonly hidden: boolean;
  }[];
}

/** `hasUniqueValue` can be given at creation only (https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide). */
function definitionOf({ name, label, description, type, unique }: NewField): PropertyCreate {
  return {
    name,
    label,
    description,
    groupName: GROUP,
    ...kindOf(type),
    ...(unique ? { hasUniqueValue: true as const } : {}),
  };
}

function kindOf(type: NewFieldType): Pick<PropertyCreate, "type" | "fieldType" | "options"> {
  switch (type.kind) {
    case "text":
      return { type: "string", fieldType: "text" };
    case "number":
      return { type: "number", fieldType: "number" };
    case "boolean":
      return {
        type: "bool",
        fieldType: "booleancheckbox",
        options: [option("Yes", "true", 0), option("No", "false", 1)],
      };
    case "date":
    case "datetime":
      return { type: type.kind, fieldType: "date" };
    case "choice":
    case "choices":
      return {
        type: "enumeration",
        fieldType: type.kind === "choice" ? "select" : "checkbox",
        options: type.values.map((value, index) => option(value, value, index)),
      };
  }
}

function option(label: string, value: string, displayOrder: number) {
  return { label, value, displayOrder, hidden: false };
}

/** Throws StopRun when HubSpot does not let anybody make properties; what is wrong with this one is in the answer. */
export async function createField({ transport }: HubSpotConnection, field: NewField): Promise<FieldMade> {
  try {
    await reading(
      `the new property ${field.name}`,
      () => transport.postJson(HUBSPOT_PATHS.properties(field.object), {}, definitionOf(field)),
      {
        throwRefusals: true,
      },
    );
    return { made: true };
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return { made: false, reason: error.refusal.message };
  }
}
