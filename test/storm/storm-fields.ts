/** The fields that people edit in a storm: their names on each side, and what may stand in them. */

export interface StormField {
  readonly name: string;
  readonly hubspot: string;
  /** `null`: contacts have no such field. */
  readonly Lead: string;
  readonly Contact: string | null;
  readonly kind: "text" | "phone" | "boolean" | "set" | "integer";
  /** How the shipped mappings settle it. */
  readonly rule: "two-way" | "prefer-hubspot" | "prefer-salesforce" | "never-blank" | "union";
}

export const STORM_FIELDS: readonly StormField[] = [
  { name: "title", hubspot: "jobtitle", Lead: "Title", Contact: "Title", kind: "text", rule: "two-way" },
  { name: "first", hubspot: "firstname", Lead: "FirstName", Contact: "FirstName", kind: "text", rule: "two-way" },
  { name: "city", hubspot: "city", Lead: "City", Contact: "MailingCity", kind: "text", rule: "prefer-hubspot" },
  { name: "phone", hubspot: "phone", Lead: "Phone", Contact: "Phone", kind: "phone", rule: "prefer-salesforce" },
  { name: "company", hubspot: "company", Lead: "Company", Contact: null, kind: "text", rule: "never-blank" },
  {
    name: "employees",
    hubspot: "employees",
    Lead: "NumberOfEmployees",
    Contact: null,
    kind: "integer",
    rule: "never-blank",
  },
  {
    name: "budget",
    hubspot: "budget",
    Lead: "Budget_Known__c",
    Contact: "Budget_Known__c",
    kind: "boolean",
    rule: "two-way",
  },
  {
    name: "interest",
    hubspot: "product_interest",
    Lead: "Product_Interest__c",
    Contact: "Product_Interest__c",
    kind: "set",
    rule: "union",
  },
];

export const CONSENTS = [
  { name: "calls", hubspot: "do_not_call", salesforce: "DoNotCall" },
  { name: "e-mail", hubspot: "hs_email_optout", salesforce: "HasOptedOutOfEmail" },
] as const;

/** Everybody has two addresses; most never use the second. */
export function emailOf(who: number, spelling: 0 | 1 = 0): string {
  return `${spelling === 0 ? "p" : "q"}${who}@storm.example.com`;
}

/** Whose address it is, either of the two; undefined: nobody's. */
export function personOf(email: unknown): number | undefined {
  const digits = /^[pq](\d+)@/.exec(String(email ?? ""))?.[1];
  return digits === undefined ? undefined : Number(digits);
}
