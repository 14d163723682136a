/** What can be wrong with a mapping although its shape is right: doubled fields, rules that do not fit, keys that are not mapped. */
import type { ConfigIssue } from "../core/errors.ts";
import {
  type OwnFields,
  optionalFields,
  type SyncRule,
  type Transform,
  type ValueType,
} from "../core/model/mapping.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";
import type { FieldLine, MappingFile } from "./mapping-file.ts";
import { writeInstead } from "./nearest-name.ts";
import type { Places } from "./yaml-source.ts";

/** The rules that only make sense for some kinds of values, with what to say otherwise. */
const RULE_TYPES: Readonly<
  Partial<Record<SyncRule, { readonly types: readonly ValueType[]; readonly advice: string }>>
> = {
  union: { types: ["set"], advice: "union joins sets; write `as: set`, or another rule" },
  highest: {
    types: ["number", "date", "datetime"],
    advice: "highest compares numbers and dates; write `as: number`, `as: date`, or another rule",
  },
  lowest: {
    types: ["number", "date", "datetime"],
    advice: "lowest compares numbers and dates; write `as: number`, `as: date`, or another rule",
  },
  "most-restrictive": {
    types: ["boolean"],
    advice: "most-restrictive is for consent, yes or no; write `as: boolean`, or another rule",
  },
};

const ONE_WAY: readonly SyncRule[] = ["always-use-hubspot", "always-use-salesforce", "dont-sync"];

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm: LastName and Company are required. */
const REQUIRED: Readonly<Record<MappingFile["salesforce"], readonly string[]>> = {
  Lead: ["LastName", "Company"],
  Contact: ["LastName"],
};

/** Fields that Salesforce puts together from others: nobody can write them, and they come as an object (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/compound_fields.htm). */
const COMPOUND: Readonly<Record<MappingFile["salesforce"], Readonly<Record<string, string>>>> = {
  Lead: { name: "FirstName and LastName", address: "Street, City, State, PostalCode and Country" },
  Contact: {
    name: "FirstName and LastName",
    mailingaddress: "MailingStreet, MailingCity, MailingState, MailingPostalCode and MailingCountry",
    otheraddress: "OtherStreet, OtherCity, OtherState, OtherPostalCode and OtherCountry",
  },
};

/** All issues of one mapping, in no order. `transforms` holds one for each line; `segments` and `ownFields` are null when their file could not be read. */
export function checkMapping(
  shape: MappingFile,
  transforms: readonly Transform[],
  segments: readonly string[] | null,
  ownFields: OwnFields | null,
  places: Places,
): readonly ConfigIssue[] {
  return [
    ...doubledFields(shape, places),
    ...compoundFields(shape, places),
    ...(ownFields === null
      ? []
      : [...ownFieldLines(shape, ownFields, places), ...missingFlag(shape, ownFields, places)]),
    ...shape.fields.flatMap((line, index) => {
      const transform = transforms[index];
      return transform === undefined ? [] : checkLine(line, index, transform, places);
    }),
    ...unmappedKeys(shape, places),
    ...(segments === null ? [] : missingSegment(shape, segments, places)),
    ...missingRequired(shape, places),
  ];
}

function doubledFields(shape: MappingFile, places: Places): readonly ConfigIssue[] {
  return SYSTEMS.flatMap((system) =>
    shape.fields.flatMap((line, index) => {
      const first = shape.fields.findIndex((other) => other[system].toLowerCase() === line[system].toLowerCase());
      if (first === index) return [];
      return [
        places.issue(
          ["fields", index, system],
          `${line[system]} is already mapped by fields[${first}]; keep one of the two`,
        ),
      ];
    }),
  );
}

function compoundFields(shape: MappingFile, places: Places): readonly ConfigIssue[] {
  return shape.fields.flatMap((line, index) => {
    const parts = COMPOUND[shape.salesforce][line.salesforce.toLowerCase()];
    if (parts === undefined || !places.isSure(["fields", index], ["salesforce"])) return [];
    const advice = `${line.salesforce} is put together by Salesforce from its parts; map ${parts} instead`;
    return [places.issue(["fields", index, "salesforce"], advice)];
  });
}

function ownFieldLines(shape: MappingFile, own: OwnFields, places: Places): readonly ConfigIssue[] {
  const taken: Readonly<Record<System, readonly string[]>> = {
    hubspot: [own.key, own.stage, own.score, own.band, own.reasons]
      .map((names) => names.hubspot)
      .concat(
        own.outcome,
        own.outcomeAt,
        own.outcomeAmount,
        own.recycleReason,
        own.nextStep,
        optionalFields(own, "hubspot"),
      ),
    salesforce: [own.key, own.stage, own.score, own.band, own.reasons]
      .map((names) => names.salesforce)
      .concat(own.epoch, optionalFields(own, "salesforce")),
  };
  return SYSTEMS.flatMap((system) =>
    shape.fields.flatMap((line, index) => {
      if (!taken[system].some((name) => name.toLowerCase() === line[system].toLowerCase())) return [];
      return [
        places.issue(
          ["fields", index, system],
          `${line[system]} is kept by LeadLoop itself (own-fields in connector.yml); remove this line`,
        ),
      ];
    }),
  );
}

function checkLine(line: FieldLine, index: number, transform: Transform, places: Places): readonly ConfigIssue[] {
  const found: ConfigIssue[] = [];
  const isSure = (...keys: string[]): boolean => places.isSure(["fields", index], keys);
  /** `besides` are the other keys that the mistake depends on. */
  const at = (key: string, message: string, besides: readonly string[] = []) => {
    if (isSure(key, ...besides)) found.push(places.issue(["fields", index, key], message));
  };
  const needed = RULE_TYPES[line.rule];
  if (needed !== undefined && !needed.types.includes(transform.type)) at("rule", needed.advice, ["as"]);
  if (line.rule === "stage") at("rule", "the lifecycle stage is kept by config/lifecycle.yml; remove this line");
  if (!transform.invertible && !ONE_WAY.includes(line.rule)) {
    at(
      "as",
      `${line.as} cannot be turned back, so ${line.rule} could not write both sides; write always-use-hubspot or always-use-salesforce`,
      ["rule"],
    );
  }
  if (line.values !== undefined && line.as !== "picklist" && line.as !== "set")
    at("values", "values belong to `as: picklist` or `as: set`", ["as"]);
  if (line.scale !== undefined && line.as !== "number") at("scale", "scale belongs to `as: number`", ["as"]);
  const closed = line["read-only"];
  const allowed: readonly SyncRule[] =
    closed === undefined ? [] : [`always-use-${closed}`, "most-restrictive", "dont-sync"];
  if (closed !== undefined && !allowed.includes(line.rule)) {
    at(
      "rule",
      `${line.rule} would write ${line[closed]}, which is read-only in ${closed}; write one of ${allowed.join(", ")}`,
      ["read-only", closed],
    );
  }
  return found;
}

function unmappedKeys(shape: MappingFile, places: Places): readonly ConfigIssue[] {
  const names = shape.fields.map((line) => line.hubspot);
  const isComplete = areAllMapped(shape, "hubspot", places);
  return shape.match.flatMap((key, index) => {
    const line = shape.fields.find((candidate) => candidate.hubspot === key);
    if (line === undefined && !isComplete) return [];
    if (line === undefined)
      return [
        places.issue(
          ["match", index],
          `"${key}" is not mapped below; ${writeInstead(key, names, "map it under fields")}`,
        ),
      ];
    return shape.match.indexOf(key) === index
      ? []
      : [places.issue(["match", index], `${key} stands here twice; keep one`)];
  });
}

/** Whether the fields of a system are known to the last one. */
function areAllMapped(shape: MappingFile, system: System, places: Places): boolean {
  return places.isSure([], ["fields"]) && shape.fields.every((_, index) => places.isOwn(["fields", index, system]));
}

function missingSegment(shape: MappingFile, segments: readonly string[], places: Places): readonly ConfigIssue[] {
  if (shape.include === undefined || segments.includes(shape.include)) return [];
  const advice = writeInstead(shape.include, segments, "add it to config/segments.yml");
  return [places.issue(["include"], `"${shape.include}" is not a segment; ${advice}`)];
}

function missingFlag(shape: MappingFile, own: OwnFields, places: Places): readonly ConfigIssue[] {
  if (shape["on-delete"] !== "flag" || own.deleted !== null) return [];
  const advice = "deleted: { hubspot: leadloop_deleted, salesforce: LeadLoop_Deleted__c }";
  return [places.issue(["on-delete"], `flag has no field to write; add ${advice} to own-fields in connector.yml`)];
}

/** A create without them would be refused record by record; better said once, here. */
function missingRequired(shape: MappingFile, places: Places): readonly ConfigIssue[] {
  const creates = shape.create.some((system, index) => system === "salesforce" && places.isOwn(["create", index]));
  if (!creates || !places.isOwn(["create"]) || !places.isOwn(["salesforce"])) return [];
  return REQUIRED[shape.salesforce].flatMap((field) => {
    const index = shape.fields.findIndex((line) => line.salesforce.toLowerCase() === field.toLowerCase());
    const advice = `Salesforce refuses a new ${shape.salesforce} without ${field}`;
    if (index < 0 && !areAllMapped(shape, "salesforce", places)) return [];
    if (index < 0) return [places.keyIssue(["fields"], `${advice}; map it, with a when-missing value`)];
    if (shape.fields[index]?.["when-missing"] !== undefined) return [];
    if (!places.isSure(["fields", index], ["when-missing"])) return [];
    return [places.issue(["fields", index], `${advice}; add when-missing, such as when-missing: Unknown`)];
  });
}
