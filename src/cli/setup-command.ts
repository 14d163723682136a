/** `leadloop setup`: shows which fields both systems lack, and makes them with `--yes`. */
import type { Loaded } from "../config/load-config.ts";
import type { NewField, NewFieldType } from "../core/model/new-field.ts";
import { type ObjectSchema, SYSTEMS, type System } from "../core/model/record.ts";
import { type MissingFields, missingFields } from "../core/setup/missing-fields.ts";
import type { CrmClient } from "../jobs/ports.ts";
import { TASK } from "../jobs/sync-dependencies.ts";
import { type CommandContext, clockOf, logOf } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { COLORS, counted, table, wrapped } from "./terminal.ts";

export interface SetupOptions {
  readonly yes?: boolean;
}

type Clients = Readonly<Record<System, CrmClient>>;

type Refused = Pick<NewField, "system" | "object" | "name"> & { readonly reason: string };

/** 0 when nothing is missing (any more), 3 when something is left for a person. Makes nothing that it has not shown. */
export async function setupCommand(context: CommandContext, options: SetupOptions): Promise<ExitCode> {
  const { terminal, settings } = context;
  const { openClients, readConfig } = await import("../app/wire-up.ts");
  const loaded = readConfig(settings);
  const clients = openClients({ settings, clock: await clockOf(context), log: logOf(context) }, loaded);
  const missing = await look(loaded, clients);
  terminal.print(shown(missing));
  if (missing.create.length === 0 || options.yes !== true) {
    terminal.printJson({ missing: missing.create, unmade: missing.unmade, made: [], refused: [], hidden: [] });
    if (missing.create.length > 0) terminal.print("\nNothing was changed. Make them with `leadloop setup --yes`.");
    return missing.create.length + missing.unmade.length === 0 ? EXIT.done : EXIT.attention;
  }
  const { made, refused } = await makeAll(missing.create, clients);
  const still = await look(loaded, clients);
  const hidden = made.filter((field) => still.create.some((other) => isSame(field, other)));
  terminal.printJson({ missing: missing.create, unmade: missing.unmade, made, refused, hidden });
  terminal.print(told(made, refused, hidden));
  return refused.length + hidden.length + missing.unmade.length === 0 ? EXIT.done : EXIT.attention;
}

async function look(loaded: Loaded, clients: Clients): Promise<MissingFields> {
  const schemas: ObjectSchema[] = [];
  for (const system of SYSTEMS) {
    const objects = new Set(
      loaded.mappings.map((mapping) => (system === "hubspot" ? mapping.hubspot : mapping.salesforce)),
    );
    if (system === "salesforce") objects.add(TASK);
    for (const object of objects) schemas.push(await clients[system].describe(object));
  }
  const { mappings, ownFields, rulebook } = loaded;
  return missingFields({ mappings, ownFields, rulebook, schemas });
}

/** One call for each; what one field is refused for does not keep the others from being made. */
async function makeAll(
  fields: readonly NewField[],
  clients: Clients,
): Promise<{ readonly made: readonly NewField[]; readonly refused: readonly Refused[] }> {
  const made: NewField[] = [];
  const refused: Refused[] = [];
  for (const field of fields) {
    const answer = await clients[field.system].createField(field);
    if (answer.made) made.push(field);
    else refused.push({ system: field.system, object: field.object, name: field.name, reason: answer.reason });
  }
  return { made, refused };
}

function isSame(a: NewField, b: NewField): boolean {
  return a.system === b.system && a.object === b.object && a.name === b.name;
}

function shown({ create, unmade }: MissingFields): string {
  if (create.length + unmade.length === 0) return `${COLORS.green("Nothing is missing")} in HubSpot and Salesforce.`;
  const rows = create.map((field) => [field.system, field.object, field.name, kindOf(field)]);
  return [
    ...(create.length === 0 ? [] : [`${counted(create.length, "field")} to make:`, table(rows, { indent: 2 })]),
    ...unmade.map((field) =>
      wrapped(`${COLORS.yellow("left to you")}: ${field.system} ${field.object} ${field.name}: ${field.reason}`, 2, 2),
    ),
  ].join("\n");
}

function kindOf({ type, unique }: NewField): string {
  return `${wordFor(type)}${unique ? ", unique" : ""}`;
}

function wordFor(type: NewFieldType): string {
  switch (type.kind) {
    case "text":
      return `text ${type.length}`;
    case "number":
      return `number ${type.precision - type.scale},${type.scale}`;
    case "boolean":
      return "checkbox";
    case "choice":
    case "choices":
      return `${type.kind === "choice" ? "picklist" : "multi-select"} with ${counted(type.values.length, "value")}`;
    default:
      return type.kind;
  }
}

function told(made: readonly NewField[], refused: readonly Refused[], hidden: readonly NewField[]): string {
  return [
    `\n${counted(made.length, "field")} made.`,
    ...refused.map((field) =>
      wrapped(`${COLORS.red("refused")}: ${field.system} ${field.object} ${field.name}: ${field.reason}`, 2, 2),
    ),
    ...(hidden.length === 0
      ? []
      : [
          wrapped(
            `LeadLoop's user does not see ${hidden.map((field) => `${field.object}.${field.name}`).join(", ")} yet. In Salesforce, give its permission set Read and Edit access to them (Setup, Permission Sets, Object Settings), then run \`leadloop check --live\`.`,
            0,
            0,
          ),
        ]),
  ].join("\n");
}
