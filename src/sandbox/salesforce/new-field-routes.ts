/** Serves POST /tooling/sobjects/CustomField: an admin's program makes a field, and nobody sees it until a permission set shows it. */
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, notFound, objectBody } from "./api-call.ts";
import type { FieldType, NewField } from "./field-definition.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

interface Metadata {
  readonly label: string;
  readonly type: string;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly externalId?: boolean;
  readonly unique?: boolean;
  readonly caseSensitive?: boolean;
  readonly valueSet?: {
    readonly restricted?: boolean;
    readonly valueSetDefinition?: { readonly value?: readonly { readonly fullName: string }[] };
  };
}

const TYPES: Readonly<Record<string, FieldType>> = {
  Text: "string",
  Number: "double",
  Checkbox: "boolean",
  Date: "date",
  DateTime: "datetime",
  Picklist: "picklist",
  MultiselectPicklist: "multipicklist",
};

/** Fields of tasks and events are made on the object that both share. */
const ACTIVITY = "Activity";
const LONGEST_TEXT = 255;
/** What ids of custom fields begin with. */
const CUSTOM_FIELD = "00N";

export function serveNewField(call: ApiCall): SandboxResponse {
  if (call.request.method !== "POST") throw notFound();
  const { state } = call;
  const body = objectBody(call);
  const [owner = "", name = ""] = String(body["FullName"]).split(".");
  const metadata = body["Metadata"] as unknown as Metadata;
  const object = state.catalog.object(owner === ACTIVITY ? "Task" : owner);
  if (object === undefined || (owner === "Task" && name !== "")) {
    throw fault(
      "INVALID_CROSS_REFERENCE_KEY",
      `Entity Enumeration Or ID: bad value for restricted picklist field: ${owner}`,
    );
  }
  if (!/^[A-Za-z][A-Za-z0-9_]*__c$/.test(name))
    throw fault("FIELD_INTEGRITY_EXCEPTION", `Invalid fullName, must end in a custom suffix (e.g. __c)`);
  if (state.catalog.field(object, name) !== undefined) {
    throw fault(
      "DUPLICATE_DEVELOPER_NAME",
      `There is already a field named ${name.replace(/__c$/, "")} on ${object.label}.`,
    );
  }
  const field = fieldOf(name, metadata);
  state.catalog.define(object.name, field);
  state.hidden.add(`${object.name}.${name}`);
  return json(201, { id: state.mint.next(CUSTOM_FIELD), success: true, errors: [], warnings: [], infos: [] });
}

function fieldOf(name: string, metadata: Metadata): NewField {
  const type = TYPES[metadata.type];
  if (type === undefined) throw fault("INVALID_TYPE_ON_FIELD_IN_RECORD", `Unknown field type ${metadata.type}`);
  if (type === "string" && !((metadata.length ?? 0) >= 1 && (metadata.length ?? 0) <= LONGEST_TEXT)) {
    throw fault("FIELD_INTEGRITY_EXCEPTION", "Text field length must be between 1 and 255");
  }
  const values = metadata.valueSet?.valueSetDefinition?.value?.map((value) => value.fullName);
  return {
    name,
    type,
    label: metadata.label,
    ...(metadata.length === undefined ? {} : { length: metadata.length }),
    ...(metadata.precision === undefined ? {} : { precision: metadata.precision, scale: metadata.scale ?? 0 }),
    ...(metadata.unique === true ? { unique: true, caseSensitive: metadata.caseSensitive === true } : {}),
    ...(metadata.externalId === true ? { externalId: true } : {}),
    ...(values === undefined
      ? {}
      : { picklistValues: values, restrictedPicklist: metadata.valueSet?.restricted === true }),
  };
}

function fault(code: string, message: string): SalesforceFault {
  return new SalesforceFault(code, message, { fields: ["FullName"] });
}
