/** Decides what a write changes: checks every value, keeps identifiers unique, and never moves a stage backwards. */

import { formatInstant } from "./hubspot-instants.ts";
import type { ObjectType, PropertyDefinition, RecordState, Writer } from "./hubspot-model.ts";
import type { PropertyProblem } from "./hubspot-refusals.ts";
import { contactExists, HubSpotRefusal, invalidProperties, invalidRequest } from "./hubspot-refusals.ts";
import type { PropertyCatalogue } from "./property-catalogue.ts";
import { checkValue } from "./property-values.ts";
import type { RecordStore, StateChanges } from "./record-store.ts";
import { calculatedWriter, computedNames, withChanges } from "./record-values.ts";

/** Writers that stand for HubSpot's own machinery: they fill properties nobody else may write. */
const SYSTEM_SOURCES: ReadonlySet<string> = new Set([
  "ANALYTICS",
  "CALCULATED",
  "EMAIL",
  "FORM",
  "MEETINGS",
  "SALES",
  "SALES_EMAILS",
]);

/** The account's side of a write. */
export interface WriteRules {
  readonly catalogue: PropertyCatalogue;
  readonly ownerIds: ReadonlySet<string>;
  /** E-mails of people erased under the GDPR; they cannot come back. */
  readonly blockedEmails: ReadonlySet<string>;
  readonly lifecycle: "ignores-backward" | "accepts-backward";
}

/** A write that was checked and can be carried out without failing. */
export interface PreparedWrite {
  /** Values to store, in the form they are stored in. */
  readonly values: Readonly<Record<string, string>>;
  /** Names the request wrote, with the value the answer shows. */
  readonly echo: Readonly<Record<string, string>>;
  readonly additionalEmails: readonly string[] | undefined;
}

/**
 * Checks a write against the rules without changing anything. `state` is undefined for a create.
 * `claims` collects the identifiers taken by earlier writes of the same request.
 * Throws a HubSpotRefusal that names everything wrong with the values.
 */
export function prepareWrite(
  rules: WriteRules,
  store: RecordStore,
  state: RecordState | undefined,
  properties: Readonly<Record<string, string>>,
  by: Writer,
  claims: Set<string>,
): PreparedWrite {
  if (Object.keys(properties).length === 0) {
    throw new HubSpotRefusal(400, "VALIDATION_ERROR", "No properties found to update, please provide at least one.", {
      context: { properties: ["{}"] },
    });
  }
  const values = checkedValues(rules, store, state, properties, by);
  if (state === undefined && store.type === "tasks" && (values["hs_timestamp"] ?? "") === "") {
    throw invalidRequest("Error creating TASK. Some required properties were not set: [hs_timestamp]");
  }
  claimIdentifiers(rules, store, state, values, claims);
  const echo = { ...values };
  const stage = state?.values["lifecyclestage"]?.value ?? "";
  if (rules.lifecycle === "ignores-backward" && isBackward(rules.catalogue, stage, values["lifecyclestage"])) {
    // https://knowledge.hubspot.com/records/use-lifecycle-stages: an earlier stage needs the value cleared first.
    values["lifecyclestage"] = stage;
    echo["lifecyclestage"] = stage;
  }
  return { values, echo, additionalEmails: remainingEmails(state, values["email"]) };
}

/** What a prepared write makes of the record's state, derived values included. */
export function changesOf(
  type: ObjectType,
  state: RecordState | undefined,
  write: PreparedWrite,
  by: Writer,
  at: number,
  times: Readonly<Record<string, number>> = {},
): StateChanges {
  const before = state?.values ?? {};
  const written = withChanges(type, before, write.values, by, at, times);
  const derived = derivedValues(type, before, write.values, at, times);
  return {
    values: withChanges(type, written, derived, calculatedWriter, at),
    ...(write.additionalEmails === undefined ? {} : { additionalEmails: write.additionalEmails }),
  };
}

/** Names of the values that follow from a write: dates of the stage that was entered and of the owner's assignment. */
export function derivedNames(before: RecordState | undefined, after: RecordState): readonly string[] {
  return Object.keys(after.values).filter((name) => {
    const version = after.values[name];
    return version !== before?.values[name] && version?.by === calculatedWriter;
  });
}

function checkedValues(
  rules: WriteRules,
  store: RecordStore,
  state: RecordState | undefined,
  properties: Readonly<Record<string, string>>,
  by: Writer,
): Record<string, string> {
  const problems: PropertyProblem[] = [];
  const values: Record<string, string> = {};
  for (const [name, text] of Object.entries(properties)) {
    const definition = rules.catalogue.get(store.type, name);
    if (definition === undefined) {
      problems.push(problem(name, `Property "${name}" does not exist`, "PROPERTY_DOESNT_EXIST"));
      continue;
    }
    const refused = readOnlyProblem(store.type, definition, by);
    if (refused !== undefined) {
      problems.push(refused);
      continue;
    }
    const checked = checkValue(definition, text, state?.values[name]?.value ?? "", rules.ownerIds);
    if (checked.fits) values[name] = checked.value;
    else problems.push(checked.problem);
  }
  if (problems.length > 0) throw invalidProperties(problems);
  return values;
}

function readOnlyProblem(type: ObjectType, definition: PropertyDefinition, by: Writer): PropertyProblem | undefined {
  const { name } = definition;
  const computed = computedNames[type].has(name);
  if (!computed && !definition.readOnlyValue && !definition.calculated) return undefined;
  if (!computed && SYSTEM_SOURCES.has(by.sourceType)) return undefined;
  const kind = definition.calculated ? "calculated" : "read only";
  return problem(name, `"${name}" is a ${kind} property; its value cannot be set`, "READ_ONLY_VALUE");
}

function claimIdentifiers(
  rules: WriteRules,
  store: RecordStore,
  state: RecordState | undefined,
  values: Readonly<Record<string, string>>,
  claims: Set<string>,
): void {
  const claimed: string[] = [];
  for (const property of store.identifyingProperties()) {
    const value = values[property] ?? "";
    if (value === "") continue;
    if (property === "email" && rules.blockedEmails.has(value)) {
      throw invalidProperties([problem("email", `${value}: email has been GDPR blacklisted`, "INVALID_EMAIL")]);
    }
    const holder = store.holder(property, value);
    const claim = `${property}=${value}`;
    if ((holder === undefined || holder.id === state?.id) && !claims.has(claim)) {
      claimed.push(claim);
      continue;
    }
    if (property === "email") throw contactExists(holder?.id);
    const message = `${store.type} with ${property} "${value}" already exists: the value must be unique`;
    throw invalidProperties([problem(property, message, "CONFLICTING_UNIQUE_VALUE")]);
  }
  for (const claim of claimed) claims.add(claim);
}

function isBackward(catalogue: PropertyCatalogue, from: string, to: string | undefined): boolean {
  if (from === "" || to === undefined || to === "" || from === to) return false;
  const stages = (catalogue.get("contacts", "lifecyclestage")?.options ?? []).map((option) => option.value);
  return stages.indexOf(to) < stages.indexOf(from);
}

/** A secondary address that becomes the primary one changes places with it. */
function remainingEmails(state: RecordState | undefined, email: string | undefined): readonly string[] | undefined {
  if (state === undefined || email === undefined || !state.additionalEmails.includes(email)) return undefined;
  const previous = state.values["email"]?.value ?? "";
  const others = state.additionalEmails.filter((address) => address !== email);
  return previous === "" ? others : [...others, previous];
}

function derivedValues(
  type: ObjectType,
  before: RecordState["values"],
  values: Readonly<Record<string, string>>,
  at: number,
  times: Readonly<Record<string, number>>,
): Record<string, string> {
  const derived: Record<string, string> = {};
  if (type !== "contacts") return derived;
  const stage = values["lifecyclestage"];
  if (stage !== undefined && stage !== (before["lifecyclestage"]?.value ?? "")) {
    const entered = formatInstant(times["lifecyclestage"] ?? at);
    derived["hs_v2_date_entered_current_stage"] = stage === "" ? "" : entered;
    if (stage !== "") {
      derived[`hs_v2_date_entered_${stage}`] = entered;
      derived[`hs_lifecyclestage_${stage}_date`] = entered;
    }
  }
  const owner = values["hubspot_owner_id"];
  if (owner !== undefined && owner !== (before["hubspot_owner_id"]?.value ?? "")) {
    derived["hubspot_owner_assigneddate"] = owner === "" ? "" : formatInstant(times["hubspot_owner_id"] ?? at);
  }
  return derived;
}

function problem(name: string, message: string, error: string): PropertyProblem {
  return { isValid: false, message, error, name };
}
