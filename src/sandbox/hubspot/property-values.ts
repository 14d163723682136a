/** Decides whether a written value fits its property, and in which form it is stored. */
import { formatDay, formatInstant, parseDay, parseInstant } from "./hubspot-instants.ts";
import type { PropertyDefinition } from "./hubspot-model.ts";
import type { PropertyProblem } from "./hubspot-refusals.ts";

/** https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide: 65,536 characters per text property. */
const TEXT_MAXIMUM = 65_536;
const EMAIL = /^[^\s@,;:<>()[\]\\"]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Either the form to store, or the problem in the vendor's words. */
export type CheckedValue =
  | { readonly fits: true; readonly value: string }
  | { readonly fits: false; readonly problem: PropertyProblem };

/**
 * Checks `text` against the definition. The empty string clears and always fits.
 * `current` is the value stored now (a leading ";" appends to it); `ownerIds` are the owners that exist.
 */
export function checkValue(
  definition: PropertyDefinition,
  text: string,
  current: string,
  ownerIds: ReadonlySet<string>,
): CheckedValue {
  if (text === "") return { fits: true, value: "" };
  if (definition.name === "email") return checkEmail(text);
  switch (definition.type) {
    case "string":
    case "phone_number":
      return text.length <= TEXT_MAXIMUM
        ? { fits: true, value: text }
        : refuse(definition, `Value is too long: at most ${TEXT_MAXIMUM} characters are allowed.`, "VALUE_TOO_LONG");
    case "number":
      return NUMBER.test(text.trim())
        ? { fits: true, value: text.trim() }
        : refuse(definition, `${text} was not a valid number.`, "INVALID_INTEGER");
    case "bool":
      return checkOptions(definition, text, ["true", "false"]);
    case "date":
      return checkDate(definition, text);
    case "datetime":
      return checkDateTime(definition, text);
    case "enumeration":
      return checkEnumeration(definition, text, current, ownerIds);
    default:
      return assertNever(definition.type);
  }
}

/** Whether a text is an e-mail address that HubSpot takes. */
export function isEmail(text: string): boolean {
  return EMAIL.test(normalEmail(text));
}

/** HubSpot stores e-mail addresses trimmed and in lower case. */
export function normalEmail(text: string): string {
  return text.trim().toLowerCase();
}

/** The form a value of an id property is stored in, so that it can be looked up. */
export function normalIdentifier(property: string, text: string): string {
  return property === "email" ? normalEmail(text) : text;
}

function checkEmail(text: string): CheckedValue {
  const value = normalEmail(text);
  if (EMAIL.test(value)) return { fits: true, value };
  const problem = {
    isValid: false,
    message: `Email address ${text} is invalid`,
    error: "INVALID_EMAIL",
    name: "email",
  };
  return { fits: false, problem: problem as PropertyProblem };
}

function checkDate(definition: PropertyDefinition, text: string): CheckedValue {
  const day = parseDay(text);
  if (day !== undefined) return { fits: true, value: text };
  const instant = parseInstant(text);
  if (instant === undefined) return refuse(definition, `${text} was not a valid date.`, "INVALID_DATE");
  const value = formatDay(instant);
  if (value !== undefined) return { fits: true, value };
  const at = new Date(instant);
  const clock = `${at.getUTCHours()}:${at.getUTCMinutes()}:${at.getUTCSeconds()}.${at.getUTCMilliseconds()}`;
  return refuse(definition, `${text} is at ${clock} UTC, not midnight!`, "INVALID_DATE");
}

function checkDateTime(definition: PropertyDefinition, text: string): CheckedValue {
  const instant = parseInstant(text);
  return instant === undefined
    ? refuse(definition, `${text} was not a valid long.`, "INVALID_LONG")
    : { fits: true, value: formatInstant(instant) };
}

function checkEnumeration(
  definition: PropertyDefinition,
  text: string,
  current: string,
  ownerIds: ReadonlySet<string>,
): CheckedValue {
  if (definition.externalOptions) {
    if (definition.name !== "hubspot_owner_id" || ownerIds.has(text)) return { fits: true, value: text };
    return refuse(definition, `${text} was not a valid owner id.`, "INVALID_OWNER_ID");
  }
  const allowed = (definition.options ?? []).map((option) => option.value);
  // Enumerations that HubSpot fills itself (ids of merged records, for example) are defined without options.
  if (allowed.length === 0) return { fits: true, value: text };
  if (definition.fieldType !== "checkbox") return checkOptions(definition, text, allowed);
  const parts = text.split(";").filter((part) => part !== "");
  const stranger = parts.find((part) => !allowed.includes(part));
  if (stranger !== undefined) return checkOptions(definition, stranger, allowed);
  const kept = text.startsWith(";") ? current.split(";").filter((part) => part !== "") : [];
  return { fits: true, value: [...new Set([...kept, ...parts])].join(";") };
}

function checkOptions(definition: PropertyDefinition, text: string, allowed: readonly string[]): CheckedValue {
  if (allowed.includes(text)) return { fits: true, value: text };
  const message = `${text} was not one of the allowed options: [${allowed.join(", ")}]`;
  return refuse(definition, message, "INVALID_OPTION");
}

function refuse(definition: PropertyDefinition, message: string, error: string): CheckedValue {
  return { fits: false, problem: { isValid: false, message, error, name: definition.name } };
}

function assertNever(value: never): never {
  throw new TypeError(`unknown property type ${String(value)}`);
}
