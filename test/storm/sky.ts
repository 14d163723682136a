/** Makes the weather of a storm over both systems, and fair weather afterwards. */
import { defaultHubSpotLimits } from "../../src/sandbox/hubspot/call-limits.ts";
import type { NewField } from "../../src/sandbox/salesforce/field-definition.ts";
import { personWrite } from "../../src/sandbox/salesforce/input-resolving.ts";
import type { SalesforceOrg } from "../../src/sandbox/salesforce/salesforce-org.ts";
import { touchRecord } from "../../src/sandbox/salesforce/sobject-writing.ts";
import type { Retyping } from "./admins.ts";
import type { People } from "./people.ts";
import type { StandIns } from "./stand-ins.ts";
import type { WeatherStep } from "./weather.ts";

const REFUSING = "no title that is taken";

const IN_SALESFORCE: Readonly<Record<Retyping, Omit<NewField, "name">>> = {
  number: { type: "double", precision: 18, scale: 0 },
  choice: { type: "picklist", restrictedPicklist: true, picklistValues: ["Chief", "Clerk"] },
  short: { type: "string", length: 6 },
};
const NUMBER_IN_HUBSPOT = { type: "number", fieldType: "number" } as const;

/** What an admin can do to the state's database; null: a real one, which stays as it is. */
export interface StateOfStorm {
  /** Gives the way back to what is stored now. */
  backup(): () => void;
  /** Ends everything that is connected. */
  cutOff(): void;
}

export class Sky {
  readonly #systems: StandIns;
  readonly #people: People;
  /** When an admin changed the mapping. */
  mappingChangedAt: number | null = null;
  /** When an admin put the state back, and to which moment. */
  putBack: { readonly to: number; readonly at: number } | null = null;
  fields = 0;

  readonly #now: () => number;
  readonly #state: StateOfStorm | null;
  #backup: { readonly at: number; readonly putBack: () => void } | null = null;

  constructor(systems: StandIns, people: People, now: () => number, state: StateOfStorm | null) {
    this.#now = now;
    this.#systems = systems;
    this.#people = people;
    this.#state = state;
  }

  make(step: WeatherStep): void {
    const { hubspot, salesforce } = this.#systems;
    switch (step.do) {
      case "lock": {
        const found = this.#people.salesforceRecord(step.who);
        if (found !== undefined) salesforce.lockRows([String(found.record["Id"])], step.times);
        break;
      }
      case "expire-sessions":
        salesforce.expireSessions();
        break;
      case "quota":
        this.#ration(step.side, step.left);
        break;
      case "quota-renewed":
        this.#renew(step.side);
        break;
      case "clock":
        this.#systems.skew(step.side, step.ms);
        break;
      case "add-field":
        this.fields += 1;
        salesforce.defineField("Lead", { name: `Extra${this.fields}__c`, label: "Extra", type: "string", length: 20 });
        break;
      case "remove-option":
        hubspot.removePropertyOption("product_interest", "integrations");
        break;
      case "hide-field":
        salesforce.hideField("Lead", "Title");
        break;
      case "show-field":
        salesforce.showField("Lead", "Title");
        break;
      case "rule-on":
        salesforce.addValidationRule("Lead", {
          name: REFUSING,
          message: "This title is taken.",
          field: "Title",
          refuses: (record) => /[13579]$/.test(String(record["Title"] ?? "")),
        });
        break;
      case "rule-off":
        salesforce.removeValidationRule("Lead", REFUSING);
        break;
      case "automation-on":
        this.#automate();
        break;
      case "automation-off":
        salesforce.state.workflows.delete("Lead");
        break;
      case "change-mapping":
        this.mappingChangedAt ??= this.#now();
        break;
      case "retype":
        this.#retype(step.side, step.how);
        break;
      case "backup":
      case "put-back":
        this.#turnBack(step.do);
        break;
    }
  }

  /** From now on calls reach both systems, and what was switched on is off. What an admin changed stays changed. */
  heal(): void {
    const { hubspot, salesforce } = this.#systems;
    for (const side of ["hubspot", "salesforce"] as const) this.#renew(side);
    salesforce.showField("Lead", "Title");
    salesforce.removeValidationRule("Lead", REFUSING);
    salesforce.state.workflows.delete("Lead");
    salesforce.state.rowLocks.clear();
    this.#people.commitDelayMs = 0;
    hubspot.setTimes({ lagMs: [300, 2_000], tailChance: 0 });
  }

  #turnBack(step: "backup" | "put-back"): void {
    if (step === "backup") {
      const putBack = this.#state?.backup();
      this.#backup = putBack === undefined ? null : { at: this.#now(), putBack };
      return;
    }
    if (this.#backup === null) return;
    this.#backup.putBack();
    this.#state?.cutOff();
    this.putBack = { to: this.#backup.at, at: this.#now() };
  }

  /** The job title's field gets another type. HubSpot keeps what stands in it; Salesforce takes away what no longer fits, and tells of it by SystemModstamp alone. */
  #retype(side: "hubspot" | "salesforce", how: Retyping): void {
    const { hubspot, salesforce } = this.#systems;
    if (side === "salesforce") {
      for (const object of ["Lead", "Contact"]) retypeTitles(salesforce, object, how);
      return;
    }
    const options = ["Chief", "Clerk"].map((value) => ({ label: value, value, hidden: false }));
    const shape =
      how === "number" ? NUMBER_IN_HUBSPOT : ({ type: "enumeration", fieldType: "select", options } as const);
    hubspot.catalogue.retype("contacts", "jobtitle", shape, this.#systems.timeOf("hubspot"));
  }

  /** The customer's own automation: whoever is written by API gets a city in capitals. */
  #automate(): void {
    this.#systems.salesforce.addWorkflow("Lead", (record) => {
      const city = record["City"];
      return typeof city === "string" && city !== city.toUpperCase() ? { City: city.toUpperCase() } : null;
    });
  }

  #ration(side: "hubspot" | "salesforce", left: number): void {
    const used = this.#systems.requests.filter((row) => row.system === side).length;
    if (side === "hubspot") this.#systems.hubspotLimits.daily = used + left;
    else this.#systems.salesforce.setDailyLimit(used + left);
  }

  #renew(side: "hubspot" | "salesforce"): void {
    if (side === "hubspot") this.#systems.hubspotLimits.daily = defaultHubSpotLimits().daily;
    else this.#systems.salesforce.setDailyLimit(115_000);
  }
}

/** What stands in a field and no longer fits is lost. */
function retypeTitles(salesforce: SalesforceOrg, name: string, how: Retyping): void {
  salesforce.defineField(name, { name: "Title", ...IN_SALESFORCE[how] });
  const object = salesforce.state.catalog.require(name);
  const context = personWrite(salesforce.people.managerId);
  for (const record of salesforce.records(name)) {
    const title = record["Title"] ?? null;
    const kept = how === "number" ? null : String(title).slice(0, 6);
    if (title === null || how === "choice" || title === kept) continue;
    touchRecord(salesforce.state, object, String(record["Id"]), { Title: kept }, context);
  }
}
