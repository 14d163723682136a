/** The shape of mappings/*.yml: which two objects correspond, and who wins for each field. */
import * as z from "zod";
import type { OwnerDirectory, TransformOptions } from "../core/mapping/transform-options.ts";
import { TRANSFORM_NAMES, transformNamed } from "../core/mapping/transforms.ts";
import { type FieldMapping, type ObjectMapping, ON_DELETE, SYNC_RULES, type Transform } from "../core/model/mapping.ts";
import { type RawValue, SYSTEMS, type System } from "../core/model/record.ts";
import type { Condition } from "../core/model/rulebook.ts";
import { choice, fieldName, kebabName, text, whole } from "./file-shapes.ts";
import { parsePhone } from "./phone-parser.ts";

const systems = choice(SYSTEMS as readonly ["hubspot", "salesforce"], "a system");

const rawValue = z
  .union([z.string(), z.number(), z.boolean()], {
    error: () => "is no single value; write a text, a number, or true or false",
  })
  .describe("What Salesforce gets when it needs this field for a new record and no value is known.");

const fieldShape = z.strictObject({
  hubspot: fieldName("jobtitle").describe("HubSpot's property name; also the field's name in conditions."),
  salesforce: fieldName("Title").describe("Salesforce's API name of the field."),
  rule: choice(SYNC_RULES, "a sync rule").describe("Who wins when the two sides differ."),
  as: choice(TRANSFORM_NAMES, "a transform")
    .default("text")
    .describe("How values are compared and converted; text when left out."),
  values: z
    .record(text("PAID_SEARCH"), text("Paid Search"))
    .optional()
    .describe("HubSpot value: Salesforce value, for `as: picklist` and `as: set`."),
  "max-length": z
    .strictObject({
      hubspot: whole(1, 65_536, "characters").optional(),
      salesforce: whole(1, 131_072, "characters").optional(),
    })
    .optional()
    .describe("The longest text a side can hold; both sides are compared on what both can hold."),
  scale: whole(0, 12, "digits").optional().describe("Digits after the decimal point, for `as: number`."),
  "when-missing": rawValue.optional(),
  "read-only": systems
    .optional()
    .describe("The side whose field only the vendor may write; LeadLoop reads it there and never writes it."),
});

export const mappingShape = z.strictObject({
  hubspot: choice(["contacts"], "a HubSpot object that LeadLoop syncs").describe("The HubSpot object."),
  salesforce: choice(["Lead", "Contact"], "a Salesforce object that LeadLoop syncs").describe("The Salesforce object."),
  match: z
    .array(fieldName("email"))
    .min(1, { error: "name at least one field to match on, such as email" })
    .describe(
      "Mapped fields, by HubSpot name, in order: the first that finds exactly one record on the other side pairs.",
    ),
  include: kebabName("sales-ready")
    .optional()
    .describe("Only people in this segment are created in Salesforce; everybody when left out."),
  create: z.array(systems).default([]).describe("The systems in which the sync may create records."),
  "on-delete": choice(ON_DELETE, "a way to follow a delete")
    .default("unlink")
    .describe(
      "What a delete on one side means for the other: nothing (`unlink`), or a note in LeadLoop's own field there (`flag`).",
    ),
  fields: z
    .array(fieldShape)
    .min(1, { error: "is empty; map at least one field, such as email" })
    .describe("One line per pair of fields."),
});

export type MappingFile = z.infer<typeof mappingShape>;
export type FieldLine = MappingFile["fields"][number];

/** What a mapping's transforms need beyond its own file. */
interface TransformSurroundings {
  readonly defaultCountry: string;
  readonly timeZone: string;
  readonly owners: OwnerDirectory | undefined;
}

/** One transform for each line of the mapping. */
export function transformsOf(shape: MappingFile, around: TransformSurroundings): readonly Transform[] {
  return shape.fields.map((line) => transformOf(line, around));
}

/** The transform a line asks for. A side that is read-only refuses every value it does not hold already, with the reason. */
function transformOf(line: FieldLine, around: TransformSurroundings): Transform {
  const { hubspot, salesforce } = line["max-length"] ?? {};
  const options: TransformOptions = {
    parsePhone,
    defaultCountry: around.defaultCountry,
    timeZone: around.timeZone,
    ...(around.owners === undefined ? {} : { owners: around.owners }),
    ...(line.values === undefined ? {} : { values: line.values }),
    ...(line.scale === undefined ? {} : { scale: line.scale }),
    maxLength: { ...(hubspot === undefined ? {} : { hubspot }), ...(salesforce === undefined ? {} : { salesforce }) },
  };
  const { "when-missing": placeholder, "read-only": closed } = line;
  const plain = transformNamed(line.as, options);
  const consent = line.rule === "most-restrictive" ? withBlankAsNo(plain) : plain;
  const transform = placeholder === undefined ? consent : withPlaceholder(placeholder, consent);
  return closed === undefined ? transform : readOnlyOn(closed, line[closed], transform);
}

/** The placeholder stands for a blank that Salesforce does not accept: it is read as one there, and so never travels to HubSpot. */
function withPlaceholder(placeholder: RawValue, transform: Transform): Transform {
  return {
    ...transform,
    decode: (raw, system) =>
      system === "salesforce" && raw === placeholder ? { ok: true, value: null } : transform.decode(raw, system),
    encode: (value, system, current, holdsMoment) => {
      if (system === "salesforce" && value === null) return { ok: true, value: placeholder };
      const known = system === "salesforce" && current === placeholder ? null : current;
      return transform.encode(value, system, known, holdsMoment);
    },
  };
}

/** Consent that nobody ever took away is the same as "no opt-out": it is read so, and never written over a blank, for that would say more than is known. */
function withBlankAsNo(transform: Transform): Transform {
  return {
    ...transform,
    decode: (raw, system) => {
      const read = transform.decode(raw, system);
      return read.ok && read.value === null ? { ok: true, value: "false" } : read;
    },
    encode: (value, system, current) => {
      const blank = current === undefined || current === null || current === "";
      const isNo = value === null || value === "false";
      return blank && isNo ? { ok: true, value: current ?? null } : transform.encode(value, system, current);
    },
  };
}

function readOnlyOn(closed: System, field: string, transform: Transform): Transform {
  return {
    ...transform,
    encode: (value, system, current, holdsMoment) => {
      const written = transform.encode(value, system, current, holdsMoment);
      if (system !== closed || !written.ok || (current !== undefined && written.value === current)) return written;
      return { ok: false, reason: `${field} is read-only in ${closed}; change it there by hand` };
    },
  };
}

/** The mapping the core works with. `name` is the file's name without its ending. */
export function toObjectMapping(
  name: string,
  file: string,
  shape: MappingFile,
  transforms: readonly Transform[],
  include: Condition | null,
): ObjectMapping {
  return {
    name,
    file,
    hubspot: shape.hubspot,
    salesforce: shape.salesforce,
    matchKeys: shape.match,
    include,
    create: [...new Set(shape.create)],
    onDelete: shape["on-delete"],
    fields: shape.fields.map((line, index): FieldMapping => {
      const transform = transforms[index];
      if (transform === undefined) throw new Error(`field ${line.hubspot} of ${file} has no transform`);
      return {
        name: line.hubspot,
        hubspot: line.hubspot,
        salesforce: line.salesforce,
        rule: line.rule,
        transform,
        whenMissing: line["when-missing"],
      };
    }),
  };
}
