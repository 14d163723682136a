/** Which rights LeadLoop needs in each system under a configuration, and no more: what an admin gives to its app and to its user. */
import { type FieldMapping, type ObjectMapping, OPT_OUT_FIELD } from "../model/mapping.ts";
import type { System } from "../model/record.ts";
import type { Rulebook } from "../model/rulebook.ts";

export interface AccessInput {
  readonly mappings: readonly ObjectMapping[];
  readonly rulebook: { readonly report: Pick<Rulebook["report"], "campaignSummary" | "campaignCosts"> };
}

/** What may be done with the records of an object. */
export type Right = "Read" | "Create" | "Edit" | "Delete";

export interface ObjectAccess {
  readonly object: string;
  readonly rights: readonly Right[];
  /** What goes with them, or why they are asked for; null where they speak for themselves. */
  readonly beside: string | null;
}

export interface NeededAccess {
  readonly scopes: readonly string[];
  readonly objects: readonly ObjectAccess[];
}

/** What every run does; `setup` needs more for once, which its words below tell. */
export function neededAccess({ mappings, rulebook }: AccessInput): NeededAccess {
  return {
    scopes: [
      "crm.objects.contacts.read",
      "crm.objects.contacts.write",
      "crm.schemas.contacts.read",
      "crm.objects.owners.read",
      ...(mappings.some(optsOutInHubSpot) ? ["communication_preferences.write"] : []),
    ],
    objects: [
      ...[...new Set(mappings.map(({ salesforce }) => salesforce))].map((object) => personAccess(object, mappings)),
      { object: "Task", rights: ["Read", "Create", "Edit"], beside: null },
      { object: "Opportunity", rights: ["Read"], beside: null },
      { object: "Account", rights: ["Read"], beside: "Salesforce asks for it beside Contact and Opportunity" },
      { object: "User", rights: ["Read"], beside: null },
      ...campaignAccess(rulebook.report),
    ],
  };
}

function campaignAccess({
  campaignSummary,
  campaignCosts,
}: AccessInput["rulebook"]["report"]): readonly ObjectAccess[] {
  const askedBy = [
    ...(campaignSummary === null ? [] : ["`campaign-summary`"]),
    ...(campaignCosts === null ? [] : ["`campaign-costs`"]),
  ];
  if (askedBy.length === 0) return [];
  const rights = campaignSummary === null ? (["Read"] as const) : (["Read", "Edit"] as const);
  return [{ object: "Campaign", rights, beside: `${askedBy.join(" and ")} in config/report.yml` }];
}

function optsOutInHubSpot({ fields }: ObjectMapping): boolean {
  return fields.some((field) => field.hubspot === OPT_OUT_FIELD && isWrittenTo("hubspot", field));
}

function isWrittenTo(system: System, { rule }: FieldMapping): boolean {
  return rule !== "dont-sync" && rule !== `always-use-${system}`;
}

function personAccess(object: string, mappings: readonly ObjectMapping[]): ObjectAccess {
  const own = mappings.filter(({ salesforce }) => salesforce === object);
  const changesOwners = own.some(({ fields }) =>
    fields.some((field) => field.salesforce === "OwnerId" && isWrittenTo("salesforce", field)),
  );
  // Of contacts whoever may edit the owner's field may change owners.
  const transfer = object === "Lead" && changesOwners ? "Transfer Leads and " : "";
  return {
    object,
    rights: [
      "Read",
      ...(own.some(({ create }) => create.includes("salesforce")) ? ["Create" as const] : []),
      "Edit",
      ...(own.some(({ onDelete }) => onDelete === "archive") ? ["Delete" as const] : []),
    ],
    beside: `with View All and Modify All, or with ${transfer}sharing that covers everybody`,
  };
}

/** The same, line by line, with what only `setup` asks for at the end. */
export function accessInWords({ scopes, objects }: NeededAccess): Readonly<Record<System, readonly string[]>> {
  return {
    hubspot: [...scopes, "crm.schemas.contacts.write (for `setup` only)"],
    salesforce: [
      "API Enabled",
      ...objects.map(({ object, rights, beside }) => {
        const last = rights.at(-1) ?? "";
        const listed = rights.length === 1 ? last : `${rights.slice(0, -1).join(", ")} and ${last}`;
        return `${listed} on ${object}${beside === null ? "" : ` (${beside})`}`;
      }),
      "Customize Application, and Manage Profiles and Permission Sets (for `setup` only)",
    ],
  };
}
