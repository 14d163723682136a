/** Reads what an object's fields are and who can own records. */
import type * as z from "zod";
import type { FieldSchema, ObjectSchema, Owner } from "../../core/model/record.ts";
import { type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { isOptOutField } from "./hubspot-opt-outs.ts";
import { HUBSPOT_PATHS, HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { ownersShape, propertiesShape, understood } from "./hubspot-wire.ts";

type WireProperty = z.output<typeof propertiesShape>["results"][number];

/** Longest text a property holds (https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide). */
const TEXT_LENGTH = 65_536;

/** All properties of an object that are not archived. One call. */
export async function describeObject({ transport }: HubSpotConnection, object: string): Promise<ObjectSchema> {
  return reading(`the properties of ${object}`, async () => {
    const answer = understood(
      propertiesShape,
      await transport.getJson(HUBSPOT_PATHS.properties(object), { archived: "false" }),
    );
    return { system: "hubspot", object, fields: answer.results.map((property) => toFieldSchema(object, property)) };
  });
}

/** Active owners first, then the archived ones, which past records may still name. */
export async function readOwners(connection: HubSpotConnection): Promise<readonly Owner[]> {
  return [...(await ownersOf(connection, false)), ...(await ownersOf(connection, true))];
}

async function ownersOf({ transport }: HubSpotConnection, archived: boolean): Promise<readonly Owner[]> {
  const owners: Owner[] = [];
  let after: string | undefined;
  do {
    const query = {
      limit: String(HUBSPOT_SIZES.ownersPage),
      archived: String(archived),
      ...(after === undefined ? {} : { after }),
    };
    const page = await reading("the owners", async () =>
      understood(ownersShape, await transport.getJson(HUBSPOT_PATHS.owners, query)),
    );
    owners.push(...page.results.map(toOwner));
    after = page.paging?.next?.after;
  } while (after !== undefined);
  return owners;
}

function toOwner({ id, email, firstName, lastName, archived }: z.output<typeof ownersShape>["results"][number]): Owner {
  const name = [firstName, lastName].filter((part) => part !== null && part !== undefined && part !== "").join(" ");
  return {
    id,
    email: email ?? null,
    name: name === "" ? (email ?? id) : name,
    active: !archived,
    // HubSpot tells neither of an owner.
    managerId: null,
    timeZone: null,
    queue: false,
  };
}

const FORMATS: Readonly<Record<string, FieldSchema["format"]>> = { phonenumber: "phone" };

function toFieldSchema(object: string, property: WireProperty): FieldSchema {
  const type = typeOf(property);
  const readOnly = property.modificationMetadata?.readOnlyValue === true || property.calculated === true;
  // Read-only as a property, and written all the same: by unsubscribing the contact.
  const writable = !readOnly || isOptOutField(object, property.name);
  const isAddress = object === "contacts" && property.name === "email";
  const format = isAddress ? "email" : FORMATS[property.fieldType ?? ""];
  // A contact's e-mail address is unique although its definition does not say so.
  const unique = property.hasUniqueValue === true || isAddress;
  return {
    name: property.name,
    label: property.label,
    type,
    ...(format === undefined ? {} : { format }),
    length: type === "text" ? TEXT_LENGTH : null,
    writable,
    createable: writable,
    required: false,
    unique,
    externalId: unique,
    values: (property.options ?? []).map(({ value }) => value),
    restricted: (type === "picklist" || type === "multi-picklist") && property.externalOptions !== true,
  };
}

function typeOf({ name, type, fieldType, referencedObjectType }: WireProperty): FieldSchema["type"] {
  if (name === "hs_object_id") return "id";
  if (referencedObjectType !== undefined && referencedObjectType !== null) return "reference";
  switch (type) {
    case "string":
    case "phone_number":
      return "text";
    case "number":
      return "number";
    case "bool":
      return "boolean";
    case "date":
    case "datetime":
      return type;
    case "enumeration":
      return fieldType === "checkbox" ? "multi-picklist" : "picklist";
    default:
      return "other";
  }
}
