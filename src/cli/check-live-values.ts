/** Compares the values that records really hold in picklists with what the mappings, the stages and the rejection reasons cover. */
import { nearestName } from "../config/nearest-name.ts";
import type { FieldMapping, ObjectMapping, OwnFields } from "../core/model/mapping.ts";
import { type FieldSchema, type ObjectSchema, otherSystem, SYSTEMS, type System } from "../core/model/record.ts";
import type { Rulebook } from "../core/model/rulebook.ts";
import type { CrmClient, UsedValues } from "../jobs/ports.ts";
import { carried, fieldNamed, type Severity, shortList, writesTo } from "./check-live-field.ts";

/** What one field's values are held against. */
interface ValueCheck {
  readonly system: System;
  readonly object: string;
  readonly field: string;
  /** Values that are there to be chosen or written, and are covered. */
  readonly expected: readonly string[];
  isCovered(value: string): boolean;
  /** The file whose line covers values, and how a reader would cover another. */
  readonly from: "mapping" | "lifecycle.yml" | "handoff.yml";
  readonly mapping: ObjectMapping | null;
  readonly advice: string;
}

export interface ValueFinding {
  readonly kind: Severity;
  readonly from: ValueCheck["from"];
  readonly mapping: ObjectMapping | null;
  readonly field: string;
  readonly message: string;
}

/** So many fields of one object are asked about at most: one call each in HubSpot, five to a call in Salesforce. */
const MOST_FIELDS = 20;
const MOST_TOLD = 5;

export interface ValueInput {
  readonly mappings: readonly ObjectMapping[];
  readonly ownFields: OwnFields;
  readonly rulebook: Rulebook;
  schemaOf(system: System, object: string): ObjectSchema;
}

/** Asks both systems. Throws StopRun and RetryLater as any read does. */
export async function valueFindings(
  input: ValueInput,
  clients: Readonly<Record<System, Pick<CrmClient, "valuesInUse">>>,
): Promise<readonly ValueFinding[]> {
  const checks = [...input.mappings.flatMap((mapping) => mappingChecks(input, mapping)), ...stageChecks(input)];
  const all = [...checks, ...reasonChecks(input)];
  const findings: ValueFinding[] = [...reasonFindings(input)];
  for (const group of Map.groupBy(all, ({ system, object }) => `${system} ${object}`).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const asked = [...new Map(group.map((check) => [check.field, check])).values()].slice(0, MOST_FIELDS);
    const questions = asked.map(({ field, expected }) => ({ field, except: expected }));
    const used = await clients[first.system].valuesInUse(first.object, questions);
    findings.push(...asked.flatMap((check) => uncovered(check, used.get(check.field))));
  }
  return findings;
}

function uncovered(check: ValueCheck, used: UsedValues | undefined): ValueFinding[] {
  const counts = [...(used?.counts ?? [])].filter(([value]) => !check.isCovered(value)).sort((a, b) => b[1] - a[1]);
  if (counts.length === 0) return [];
  const { system, object, field, from, mapping, expected, advice } = check;
  const told = counts.slice(0, MOST_TOLD).map(([value, held]) => {
    const near = nearestName(value, expected);
    return `"${value}" (${held} of the records${near === null ? "" : `; ${near} is meant?`})`;
  });
  const more = counts.length > MOST_TOLD ? `, and ${counts.length - MOST_TOLD} values more` : "";
  const others = used?.others ?? 0;
  const unseen = others > 0 ? `; ${others} more records hold values that were not looked at` : "";
  const message = `${field} of ${system} ${object} holds ${told.join(", ")}${more}${unseen}, which ${advice}`;
  return [{ kind: "warning", from, mapping, field, message }];
}

/** Fields whose values travel: what the other side refuses, or the line has no word for, never arrives. */
function mappingChecks({ schemaOf }: ValueInput, mapping: ObjectMapping): ValueCheck[] {
  return SYSTEMS.flatMap((system) =>
    mapping.fields.flatMap((field): ValueCheck[] => {
      const object = mapping[system];
      const schema = fieldNamed(schemaOf(system, object), field[system]);
      const partner = fieldNamed(
        schemaOf(otherSystem(system), mapping[otherSystem(system)]),
        field[otherSystem(system)],
      );
      if (schema?.type !== "picklist" || partner === undefined || field.transform.name === "owner") return [];
      if (!writesTo(field, otherSystem(system))) return [];
      const isCovered = (value: string): boolean => isAccepted(field, system, partner, value);
      const expected = schema.values.filter(isCovered);
      const advice = "the other side would not take: add them to values: of this line, or correct the records";
      return [{ system, object, field: field[system], expected, isCovered, from: "mapping", mapping, advice }];
    }),
  );
}

function isAccepted(field: FieldMapping, system: System, partner: FieldSchema, value: string): boolean {
  const sent = carried(field, system, value);
  if (sent === null || sent === "") return false;
  return !partner.restricted || partner.values.length === 0 || partner.values.includes(String(sent));
}

function stageChecks({ mappings, ownFields, rulebook, schemaOf }: ValueInput): ValueCheck[] {
  return SYSTEMS.flatMap((system) => {
    const expected = [
      ...new Set(rulebook.lifecycle.names.map((names) => names[system]).filter((value) => value !== "")),
    ];
    const field = ownFields.stage[system];
    return [...new Set(mappings.map((mapping) => mapping[system]))].flatMap((object): ValueCheck[] => {
      if (fieldNamed(schemaOf(system, object), field) === undefined) return [];
      const isCovered = (value: string): boolean => expected.includes(value);
      const advice = "no stage is called: name them in stages:, or correct the records";
      return [{ system, object, field, expected, isCovered, from: "lifecycle.yml", mapping: null, advice }];
    });
  });
}

/** The Salesforce fields in which reps say why they reject. */
function reasonFields({ mappings, rulebook, schemaOf }: ValueInput): { object: string; schema: FieldSchema }[] {
  const fact = rulebook.lifecycle.recycle?.reason;
  const source = rulebook.facts.salesforce.find(({ name }) => name === fact);
  if (source === undefined) return [];
  return [...new Set(mappings.map(({ salesforce }) => salesforce))].flatMap((object) => {
    const schema = fieldNamed(schemaOf("salesforce", object), source.field);
    return schema === undefined ? [] : [{ object, schema }];
  });
}

function reasonChecks(input: ValueInput): ValueCheck[] {
  const expected = input.rulebook.handoff.rejectionReasons;
  return reasonFields(input).map(({ object, schema }) => ({
    system: "salesforce",
    object,
    field: schema.name,
    expected,
    isCovered: (value) => expected.includes(value),
    from: "handoff.yml",
    mapping: null,
    advice: "rejection-reasons does not have: add them there, or correct the records",
  }));
}

/** The list of config/handoff.yml against both picklists: the one that reps choose from, and HubSpot's, where it is one, that is told the reason. */
function reasonFindings(input: ValueInput): ValueFinding[] {
  const { rejectionReasons, silentReason } = input.rulebook.handoff;
  const finding = (kind: Severity, field: string, message: string): ValueFinding => ({
    kind,
    from: "handoff.yml",
    mapping: null,
    field,
    message,
  });
  const chosen = reasonFields(input).flatMap(({ object, schema }) => {
    if (schema.values.length === 0) return [];
    const place = `${schema.name} of salesforce ${object}`;
    const absent = rejectionReasons.filter((reason) => !schema.values.includes(reason));
    const unknown = schema.values.filter((value) => !rejectionReasons.includes(value));
    return [
      ...(absent.length === 0
        ? []
        : [
            finding(
              "warning",
              schema.name,
              `${place} has no value ${shortList(absent)}; add it there, or take it out of rejection-reasons`,
            ),
          ]),
      ...(unknown.length === 0
        ? []
        : [
            finding(
              "warning",
              schema.name,
              `${place} also offers ${shortList(unknown)}; ${addAdvice(unknown, rejectionReasons)}`,
            ),
          ]),
    ];
  });
  const told = [...rejectionReasons, silentReason];
  const name = input.ownFields.recycleReason;
  const shown = [...new Set(input.mappings.map(({ hubspot }) => hubspot))].flatMap((object) => {
    const schema = fieldNamed(input.schemaOf("hubspot", object), name);
    if (schema === undefined || schema.values.length === 0 || !schema.restricted) return [];
    const absent = told.filter((reason) => !schema.values.includes(reason));
    if (absent.length === 0) return [];
    return [
      finding(
        "problem",
        name,
        `${name} of hubspot ${object} takes no ${shortList(absent)}, and LeadLoop writes why somebody was recycled there; add the options`,
      ),
    ];
  });
  return [...chosen, ...shown];
}

function addAdvice(unknown: readonly string[], known: readonly string[]): string {
  const near = unknown.map((value) => nearestName(value, known)).find((value) => value !== null);
  return near === undefined || near === null
    ? "add it to rejection-reasons, or deactivate the value there"
    : `write it as rejection-reasons does (${near}), or add it there`;
}
