/** Maps the actions of the control API to what people can do in the two user interfaces. */
import type { HubSpotAccount } from "./hubspot/hubspot-account.ts";
import type { PropertyDefinition, Writer } from "./hubspot/hubspot-model.ts";
import type { NewField } from "./salesforce/field-definition.ts";
import type { LeadConversion } from "./salesforce/lead-conversion.ts";
import type { SalesforceOrg } from "./salesforce/salesforce-org.ts";

/** One action: the system, the method (`do`), and the method's arguments by name. */
export interface SandboxAction {
  readonly [argument: string]: unknown;
  readonly system: "hubspot" | "salesforce";
  readonly do: string;
}

const writers: Readonly<Record<string, Writer>> = {
  marketer: { sourceType: "CRM_UI", sourceId: "userId:9001" },
  form: { sourceType: "FORM", sourceId: "form-1" },
  import: { sourceType: "IMPORT", sourceId: "import-1" },
  workflow: { sourceType: "AUTOMATION_PLATFORM", sourceId: "workflow-1" },
  email: { sourceType: "EMAIL", sourceId: "email-1" },
  analytics: { sourceType: "ANALYTICS", sourceId: "analytics-1" },
  integration: { sourceType: "INTEGRATION", sourceId: "other-app" },
};

/** Throws what the account throws, and an Error for an unknown action or contact. */
export function actInHubSpot(account: HubSpotAccount, action: SandboxAction): unknown {
  const properties = (action["properties"] ?? {}) as Record<string, string>;
  switch (action.do) {
    case "create":
      return account.createContact(properties, writerOf(action));
    case "edit":
      return account.editContact(contactId(account, action), properties, writerOf(action));
    case "archive":
      return account.archiveContact(contactId(account, action));
    case "restore":
      return account.restoreContact(text(action, "id"));
    case "merge":
      return account.mergeContacts(text(action, "primaryId"), text(action, "otherId"));
    case "erase":
      return account.eraseContact(contactId(account, action));
    case "contact":
      return account.contact(contactId(account, action));
    case "defineProperty":
      return account.defineProperty(action["definition"] as PropertyDefinition);
    case "removePropertyOption":
      return account.removePropertyOption(text(action, "name"), text(action, "value"));
    default:
      throw new Error(`HubSpot has no action "${action.do}"`);
  }
}

/** `as` is one of the writers above or a writer in full; a marketer by default. */
function writerOf(action: SandboxAction): Writer {
  const { as = "marketer" } = action;
  if (typeof as === "object" && as !== null) return as as Writer;
  const writer = writers[String(as)];
  if (writer === undefined)
    throw new Error(`unknown writer "${String(as)}": use one of ${Object.keys(writers).join(", ")}`);
  return writer;
}

function contactId(account: HubSpotAccount, action: SandboxAction): string {
  if (action["id"] !== undefined) return text(action, "id");
  const email = text(action, "email");
  const contact = account.contactByEmail(email);
  if (contact === undefined) throw new Error(`no contact has the e-mail address ${email}`);
  return contact.id;
}

function text(action: SandboxAction, name: string): string {
  const value = action[name];
  if (typeof value === "string") return value;
  throw new Error(`"${action.do}" needs "${name}" as a text`);
}

/** Throws what the org throws (its errors carry `code`), and an Error for an unknown action, record or user. */
export function actInSalesforce(org: SalesforceOrg, action: SandboxAction): unknown {
  const by = userOf(org, action["as"]);
  const fields = (action["fields"] ?? {}) as Record<string, unknown>;
  const type = String(action["type"] ?? "Lead");
  switch (action.do) {
    case "create":
      return org.create(type, fields, by);
    case "edit":
      return org.edit(type, recordId(org, type, action), fields, by);
    case "remove":
      return org.remove(type, recordId(org, type, action), by);
    case "restore":
      return org.restore(type, text(action, "id"), by);
    case "merge":
      return org.merge(type, text(action, "masterId"), action["loserIds"] as string[], by, fields);
    case "convertLead": {
      const leadId = recordId(org, "Lead", action);
      const convertedStatus = String(action["convertedStatus"] ?? "Closed - Converted");
      const rest = (action["conversion"] ?? {}) as Partial<LeadConversion>;
      return org.convertLead({ ...rest, leadId, convertedStatus }, by);
    }
    case "record":
      return org.record(type, recordId(org, type, action));
    default:
      return administer(org, type, action);
  }
}

/** What only an admin or the platform does. */
function administer(org: SalesforceOrg, type: string, action: SandboxAction): unknown {
  switch (action.do) {
    case "defineField":
      return org.defineField(type, action["field"] as NewField);
    case "hideField":
      return org.hideField(type, text(action, "name"));
    case "showField":
      return org.showField(type, text(action, "name"));
    case "lockRows":
      return org.lockRows(action["ids"] as string[], Number(action["times"] ?? 1));
    case "setAutoAssign":
      return org.setAutoAssign((action["ownerId"] ?? null) as string | null);
    case "setCommitDelay":
      return org.setCommitDelay(Number(action["ms"]));
    case "setDailyLimit":
      return org.setDailyLimit(Number(action["requests"]));
    case "setUserActive":
      return org.setUserActive(userOf(org, action["user"]), action["active"] === true);
    case "expireSessions":
      return org.expireSessions();
    default:
      throw new Error(`Salesforce has no action "${action.do}"`);
  }
}

/** A user by id, by e-mail address, or as "manager" or "integration"; the first rep when nobody is named. */
function userOf(org: SalesforceOrg, as: unknown): string {
  const { people } = org;
  if (as === undefined) return people.repIds[0] ?? people.managerId;
  if (as === "manager") return people.managerId;
  if (as === "integration") return people.integrationUserId;
  const name = String(as);
  if (name.includes("@")) {
    const user = org.recordsBy("User", "Email", name)[0];
    if (user !== undefined) return String(user["Id"]);
  } else if (org.record("User", name) !== undefined) return name;
  throw new Error(`no user ${name}`);
}

/** A record by `id`, or the one live record with that `email`. Converted leads are left out of the search. */
function recordId(org: SalesforceOrg, type: string, action: SandboxAction): string {
  if (action["id"] !== undefined) return text(action, "id");
  const email = text(action, "email");
  const [record] = org.recordsBy(type, "Email", email).filter((candidate) => candidate["IsConverted"] !== true);
  if (record === undefined) throw new Error(`no ${type} has the e-mail address ${email}`);
  return String(record["Id"]);
}
