/** Decides what a field stores for a value a client or a person sent, or refuses it with the vendor's error. */
import type { FieldDefinition, FieldValue } from "./field-definition.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { requireId } from "./salesforce-id.ts";
import { parseDate, parseDateTime } from "./vendor-time.ts";

// Salesforce takes what RFC 5322 calls an addr-spec with a dotted domain; quoted local parts are rare enough to refuse.
const emailShape =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)+$/;
const numberShape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The stored form of `raw`: texts trimmed, "" as null, numbers rounded to the field's scale, ids with 18 characters.
 * Throws a SalesforceFault naming the field otherwise. References are checked for their shape and type only.
 */
export function storedValue(field: FieldDefinition, raw: unknown): FieldValue {
  if (field.type === "boolean") return booleanValue(field, raw);
  if (raw === null || raw === undefined) return null;
  if (typeof raw === "object") throw wrongJson(field, Array.isArray(raw) ? "START_ARRAY" : "START_OBJECT", "{");
  if (typeof raw === "string" && raw.trim() === "") return null;
  switch (field.type) {
    case "int":
    case "double":
    case "currency":
    case "percent":
      return numberValue(field, raw);
    case "date":
    case "datetime":
      return timeValue(field, raw);
    case "id":
    case "reference":
      return requireId(textOf(field, raw).trim(), field.name);
    default:
      return textValue(field, textOf(field, raw).trim());
  }
}

function booleanValue(field: FieldDefinition, raw: unknown): FieldValue {
  if (typeof raw === "boolean") return raw;
  if (typeof raw === "string" && /^(true|1)$/i.test(raw)) return true;
  if (typeof raw === "string" && /^(false|0)$/i.test(raw)) return false;
  throw wrongJson(field, raw === null ? "null" : tokenOf(raw), raw);
}

function numberValue(field: FieldDefinition, raw: unknown): FieldValue {
  const isText = typeof raw === "string" && numberShape.test(raw.trim());
  if (typeof raw !== "number" && !isText) throw wrongJson(field, tokenOf(raw), raw);
  const number = Number(raw);
  if (field.type === "int") {
    if (!Number.isInteger(number)) throw wrongJson(field, "VALUE_NUMBER_FLOAT", raw);
    if (Math.abs(number) >= 10 ** (field.digits || 9)) throw outsideRange(field, raw);
    return number;
  }
  if (Math.abs(number) >= 10 ** Math.max(field.precision - (field.scale === 15 ? 0 : field.scale), 1)) {
    throw outsideRange(field, raw);
  }
  return field.scale >= 15 ? number : Number(number.toFixed(field.scale));
}

function timeValue(field: FieldDefinition, raw: unknown): FieldValue {
  const text = textOf(field, raw);
  const value = field.type === "date" ? parseDate(text) : parseDateTime(text);
  if (value === undefined) throw wrongJson(field, "VALUE_STRING", text);
  return field.type === "date" ? value : `${value.slice(0, 19)}.000+0000`;
}

function textValue(field: FieldDefinition, text: string): FieldValue {
  if (field.type === "multipicklist") return multiSelectValue(field, text);
  if (field.length > 0 && text.length > field.length) {
    throw new SalesforceFault(
      "STRING_TOO_LONG",
      `${field.label}: data value too large: ${text} (max length=${field.length})`,
      { fields: [field.name] },
    );
  }
  if (field.type === "email" && !emailShape.test(text)) {
    throw new SalesforceFault("INVALID_EMAIL_ADDRESS", `${field.label}: invalid email address: ${text}`, {
      fields: [field.name],
    });
  }
  if (field.type === "picklist") requirePicklistValue(field, text);
  return text;
}

/** Chosen values, each once, in the order of the picklist; unknown ones of an unrestricted list come last. */
function multiSelectValue(field: FieldDefinition, text: string): FieldValue {
  const chosen = [...new Set(text.split(";").map((part) => part.trim()))].filter((part) => part !== "");
  for (const value of chosen) requirePicklistValue(field, value);
  const order = field.picklistValues.map((option) => option.value);
  const position = (value: string): number => (order.includes(value) ? order.indexOf(value) : order.length);
  return chosen.sort((one, other) => position(one) - position(other)).join(";") || null;
}

function requirePicklistValue(field: FieldDefinition, value: string): void {
  if (!field.restrictedPicklist) return;
  if (field.picklistValues.some((option) => option.active && option.value === value)) return;
  throw new SalesforceFault(
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    `${field.label}: bad value for restricted picklist field: ${value}`,
    { fields: [field.name] },
  );
}

function textOf(field: FieldDefinition, raw: unknown): string {
  if (typeof raw === "string") return raw;
  throw wrongJson(field, tokenOf(raw), raw);
}

function tokenOf(raw: unknown): string {
  if (typeof raw === "boolean") return raw ? "VALUE_TRUE" : "VALUE_FALSE";
  if (typeof raw === "number") return Number.isInteger(raw) ? "VALUE_NUMBER_INT" : "VALUE_NUMBER_FLOAT";
  return "VALUE_STRING";
}

function wrongJson(field: FieldDefinition, token: string, raw: unknown): SalesforceFault {
  return new SalesforceFault(
    "JSON_PARSER_ERROR",
    `Cannot deserialize instance of ${field.type} from ${token} value ${String(raw)} or request may be missing a required field at [line:1, column:1]`,
    { fields: [field.name] },
  );
}

function outsideRange(field: FieldDefinition, raw: unknown): SalesforceFault {
  return new SalesforceFault(
    "NUMBER_OUTSIDE_VALID_RANGE",
    `${field.label}: value outside of valid range on numeric field: ${String(raw)}`,
    { fields: [field.name] },
  );
}
