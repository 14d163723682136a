/** `leadloop setup`: shows which fields both systems lack, and with `--yes` makes them and lets LeadLoop's user see them. */
import type { Loaded } from "../config/load-config.ts";
import type { NewField, NewFieldType } from "../core/model/new-field.ts";
import { type ObjectSchema, SYSTEMS, type System } from "../core/model/record.ts";
import { type MissingFields, missingFields } from "../core/setup/missing-fields.ts";
import type { CrmClient, FieldAccess } from "../jobs/ports.ts";
import { factsOverRelations, OPPORTUNITY, TASK } from "../jobs/sync-dependencies.ts";
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
  const { readConfig } = await import("../app/open-state.ts");
  const { openClients } = await import("../app/wire-up.ts");
  const loaded = readConfig(settings);
  const clients = openClients({ settings, clock: await clockOf(context), log: logOf(context) }, loaded);
  const missing = await look(loaded, clients);
  terminal.print(shown(missing));
  if (missing.create.length === 0 || options.yes !== true) {
    const none = { made: [], refused: [], granted: 0, grantRefused: null, hidden: [] };
    terminal.printJson({ missing: missing.create, unmade: missing.unmade, ...none });
    if (missing.create.length > 0) terminal.print("\nNothing was changed. Make them with `leadloop setup --yes`.");
    return missing.create.length + missing.unmade.length === 0 ? EXIT.done : EXIT.attention;
  }
  const tried = await makeAll(missing.create, clients);
  const { made } = tried;
  const access = await grantAll([...made, ...tried.there], clients);
  const still = await look(loaded, clients);
  const isUnseen = (field: NewField): boolean => still.create.some((other) => isSame(field, other));
  const hidden = [...made, ...tried.there].filter(isUnseen);
  // A field that was there already, hidden, is no refusal once it is seen.
  const refused = tried.refused.filter((field) => !tried.there.some((there) => isSame(field, there)));
  terminal.printJson({
    missing: missing.create,
    unmade: missing.unmade,
    made,
    refused,
    granted: access.granted,
    grantRefused: access.reason,
    hidden,
  });
  terminal.print(told(made, refused, hidden, access));
  return refused.length + hidden.length + missing.unmade.length === 0 ? EXIT.done : EXIT.attention;
}

async function look(loaded: Loaded, clients: Clients): Promise<MissingFields> {
  const schemas: ObjectSchema[] = [];
  for (const system of SYSTEMS) {
    const objects = new Set(
      loaded.mappings.map((mapping) => (system === "hubspot" ? mapping.hubspot : mapping.salesforce)),
    );
    if (system === "salesforce") objects.add(TASK).add(OPPORTUNITY);
    for (const object of objects)
      schemas.push(await clients[system].describe(object, factsOverRelations(loaded.rulebook, system)));
  }
  const { mappings, ownFields, rulebook } = loaded;
  return missingFields({ mappings, ownFields, rulebook, schemas });
}

/** One call for each; what one field is refused for does not keep the others from being made. */
async function makeAll(
  fields: readonly NewField[],
  clients: Clients,
): Promise<{
  readonly made: readonly NewField[];
  /** Refused because a field of that name is there: one that our user does not see. */
  readonly there: readonly NewField[];
  readonly refused: readonly Refused[];
}> {
  const made: NewField[] = [];
  const there: NewField[] = [];
  const refused: Refused[] = [];
  for (const field of fields) {
    const answer = await clients[field.system].createField(field);
    if (answer.made) made.push(field);
    else {
      refused.push({ system: field.system, object: field.object, name: field.name, reason: answer.reason });
      if (IS_THERE.test(answer.reason)) there.push(field);
    }
  }
  return { made, there, refused };
}

/** Salesforce's word for a name that is taken (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm). */
const IS_THERE = /^DUPLICATE_DEVELOPER_NAME/;

/** HubSpot shows every property to every app; in Salesforce nobody sees a new field until a permission set shows it. */
async function grantAll(fields: readonly NewField[], clients: Clients): Promise<FieldAccess> {
  const hidden = fields.filter(({ system }) => system === "salesforce");
  if (hidden.length === 0) return { granted: 0, reason: null };
  return clients.salesforce.grantFieldAccess(hidden.map(({ object, name }) => ({ object, name })));
}

type Named = Pick<NewField, "system" | "object" | "name">;

function isSame(a: Named, b: Named): boolean {
  return a.system === b.system && a.object === b.object && a.name === b.name;
}

function shown({ create, unmade }: MissingFields): string {
  if (create.length + unmade.length === 0) return `${COLORS.green("Nothing is missing")} in HubSpot and Salesforce.`;
  const rows = create.map((field) => [field.system, field.object, field.name, kindOf(field)]);
  const unseen = create.filter(({ system }) => system === "salesforce").length;
  return [
    ...(create.length === 0 ? [] : [`${counted(create.length, "field")} to make:`, table(rows, { indent: 2 })]),
    ...(unseen === 0
      ? []
      : [
          wrapped(
            `and LeadLoop's Salesforce user to be given Read and Edit access to ${counted(unseen, "field")}, by a permission set LeadLoop (made and assigned to that user where it is missing)`,
          ),
        ]),
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

function told(
  made: readonly NewField[],
  refused: readonly Refused[],
  hidden: readonly NewField[],
  { granted, reason }: FieldAccess,
): string {
  return [
    `\n${counted(made.length, "field")} made.`,
    ...(granted === 0 ? [] : [`Access to ${counted(granted, "field")} given by the permission set LeadLoop.`]),
    ...(reason === null
      ? []
      : [
          wrapped(
            `${COLORS.yellow("access not given")}: ${reason}. It takes the right Manage Profiles and Permission Sets; an admin can do it by hand.`,
            2,
            2,
          ),
        ]),
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
