/** What an admin had set up in the HubSpot account before LeadLoop was connected: owners and contact properties. */
import type { Owner, PropertyDefinition } from "./hubspot-model.ts";

const groupName = "contactinformation";

/** Six reps and one who has left. */
export const defaultOwners: readonly Owner[] = [
  owner("534941", 9_001, "Amara", "Okafor"),
  owner("534942", 9_002, "Ben", "Whitlock"),
  owner("534943", 9_003, "Chiara", "Moretti"),
  owner("534944", 9_004, "Deniz", "Aydin"),
  owner("534945", 9_005, "Elena", "Petrova"),
  owner("534946", 9_006, "Farid", "Haddad"),
  { ...owner("534947", 9_007, "Grace", "Lindqvist"), archived: true },
];

/** Contact properties beyond the vendor's own. */
export const adminContactProperties: readonly PropertyDefinition[] = [
  { ...text("leadloop_key", "LeadLoop key"), hasUniqueValue: true },
  number("leadloop_score", "LeadLoop score"),
  text("leadloop_band", "LeadLoop score band"),
  text("leadloop_reasons", "LeadLoop score reasons"),
  text("leadloop_recycle_reason", "LeadLoop recycle reason"),
  text("leadloop_deleted", "LeadLoop deleted"),
  text("leadloop_outcome", "LeadLoop outcome"),
  { name: "leadloop_outcome_at", label: "LeadLoop outcome at", type: "datetime", fieldType: "date", groupName },
  number("leadloop_outcome_amount", "LeadLoop outcome amount"),
  text("leadloop_outcome_currency", "LeadLoop outcome currency"),
  ...["lead", "mql", "sal", "sql", "opportunity", "customer", "recycled"].map(
    (stage): PropertyDefinition => ({
      name: `leadloop_${stage}_at`,
      label: `LeadLoop ${stage} at`,
      type: "datetime",
      fieldType: "date",
      groupName,
    }),
  ),
  text("leadloop_next_step", "LeadLoop next step"),
  {
    name: "product_interest",
    label: "Product interest",
    type: "enumeration",
    fieldType: "checkbox",
    groupName,
    options: ["analytics", "automation", "reporting", "integrations"].map((value, displayOrder) => ({
      label: `${value.slice(0, 1).toUpperCase()}${value.slice(1)}`,
      value,
      displayOrder,
    })),
  },
  yesNo("do_not_call", "Do not call"),
  yesNo("budget", "Budget known"),
  yesNo("authority", "Authority known"),
  yesNo("need", "Need known"),
  yesNo("timing", "Timing known"),
  text("origin", "Origin"),
  text("landing_page", "Landing page"),
  { name: "first_contact_at", label: "First contact at", type: "datetime", fieldType: "date", groupName },
  number("employees", "Employees"),
];

function owner(id: string, userId: number, firstName: string, lastName: string): Owner {
  const email = `${firstName.toLowerCase()}.${lastName.toLowerCase()}@northwind.example.com`;
  return { id, email, firstName, lastName, userId, archived: false };
}

function text(name: string, label: string): PropertyDefinition {
  return { name, label, type: "string", fieldType: "text", groupName };
}

function number(name: string, label: string): PropertyDefinition {
  return { name, label, type: "number", fieldType: "number", groupName };
}

function yesNo(name: string, label: string): PropertyDefinition {
  const options = ["true", "false"].map((value, displayOrder) => ({ label: value, value, displayOrder }));
  return { name, label, type: "bool", fieldType: "booleancheckbox", groupName, options };
}
