/** I1, I2, I12: what is linked agrees, everybody who should be linked is, and both sides show the same stage. */
import type { Link } from "../../../src/core/model/link.ts";
import type { Checker, Evidence } from "../evidence.ts";
import type { HumanRow } from "../human-steps.ts";
import { CONSENTS, personOf, STORM_FIELDS } from "../storm-fields.ts";
import { erasuresOf, recordsOfTheForgotten } from "./erasures.ts";
import { asksHistory, hasDecided, isSetAside, meaning, pairsOf } from "./naive.ts";

/** I1: at the quiet point every linked pair holds the same in each field that goes both ways. */
export const fieldsAgree: Checker = (evidence) =>
  pairsOf(evidence).flatMap((pair) =>
    STORM_FIELDS.flatMap((field) => {
      const name = pair.object === "Lead" ? field.Lead : field.Contact;
      if (name === null) return [];
      const [left, right] = [meaning(field.kind, pair.contact[field.hubspot]), meaning(field.kind, pair.record[name])];
      if (left === right || isSetAside(evidence, pair.link, [field.hubspot, name])) return [];
      // HubSpot alone decides the city once an admin has changed the mapping, and a blank of whoever decides wipes nothing where two records meet.
      if (field.name === "city" && left === "" && evidence.mappingChangedAt !== null) return [];
      return [`${pair.link.id} (${pair.link.email}): ${field.name} is "${left}" in HubSpot, "${right}" in Salesforce`];
    }),
  );

/** I1 for the address: people are found by it, so it must be the same on both sides before all else. */
export const addressesAgree: Checker = (evidence) =>
  pairsOf(evidence).flatMap(({ link, contact, record }) => {
    const [left, right] = [contact["email"] ?? "", String(record["Email"] ?? "")];
    if (left === right || isSetAside(evidence, link, ["email", "Email"])) return [];
    return [`${link.id}: the address is "${left}" in HubSpot, "${right}" in Salesforce`];
  });

/** I13, its end: whoever objects on one side objects on both. */
export const consentsAgree: Checker = (evidence) =>
  pairsOf(evidence).flatMap((pair) =>
    CONSENTS.flatMap((consent) => {
      const left = meaning("boolean", pair.contact[consent.hubspot]);
      const right = meaning("boolean", pair.record[consent.salesforce]);
      if (left === right || isSetAside(evidence, pair.link, [consent.hubspot, consent.salesforce])) return [];
      return [
        `${pair.link.id} (${pair.link.email}): objection to ${consent.name} is ${left} in HubSpot, ${right} in Salesforce`,
      ];
    }),
  );

const SALES_READY = ["marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist"];

/** I2: every live record that qualifies stands in exactly one link, or somebody has been told why not. */
export const everybodyIsLinked: Checker = (evidence) => {
  const { systems, state } = evidence;
  const standing = state.links.filter((link) => link.state !== "superseded");
  const contacts = systems.hubspot
    .contacts()
    .filter(({ archived }) => !archived)
    .map(({ id, properties }) => ({
      id,
      name: `contact ${id}`,
      email: properties["email"] ?? "",
      holders: standing.filter((link) => link.hubspotId === id),
      must: SALES_READY.includes(properties["lifecyclestage"] ?? ""),
    }));
  const people = (["Lead", "Contact"] as const).flatMap((object) =>
    systems.salesforce
      .records(object)
      .filter((record) => record["IsDeleted"] !== true && record["IsConverted"] !== true)
      .map((record) => ({
        id: String(record["Id"]),
        name: `${object} ${record["Id"]}`,
        email: String(record["Email"] ?? ""),
        holders: standing.filter((link) => link.salesforceId === record["Id"]),
        must: record["Email"] !== null,
      })),
  );
  const leftAlone = recordsOfTheForgotten(evidence);
  return [...contacts, ...people].flatMap(({ id, name, email, holders, must }) => {
    if (holders.length > 1) return [`${name} stands in ${holders.length} links: ${holders.map((link) => link.id)}`];
    const [holder] = holders;
    if (!must || (holder !== undefined && ["linked", "ambiguous", "tombstoned", "erased"].includes(holder.state)))
      return [];
    if (leftAlone.has(id) || isExplained(evidence, email, holder?.id ?? null)) return [];
    return [`${name} (${email}) is ${holder === undefined ? "in no link" : holder.state} and nobody was told why`];
  });
};

/** Another link stands for the address (a double that is left alone), it is parked, or a person took the other record away. */
function isExplained(evidence: Evidence, email: string, link: string | null): boolean {
  const { state, humans } = evidence;
  if (erasuresOf(evidence).some(({ addresses }) => addresses.has(email))) return true;
  if (state.rejects.some((reject) => reject.link !== null && reject.link === link)) return true;
  if (state.links.some((other) => other.id !== link && other.email === email && other.state !== "superseded"))
    return true;
  const who = personOf(email);
  return humans.some((row) => row.who === who && ["delete", "erase", "merge"].includes(row.what));
}

/** As config/lifecycle.yml spells them. */
const SPELLED: Readonly<Record<string, readonly [hubspot: string, salesforce: string]>> = {
  subscriber: ["subscriber", "Subscriber"],
  lead: ["lead", "Lead"],
  mql: ["marketingqualifiedlead", "MQL"],
  sal: ["marketingqualifiedlead", "SAL"],
  sql: ["salesqualifiedlead", "SQL"],
  opportunity: ["opportunity", "Opportunity"],
  customer: ["customer", "Customer"],
  evangelist: ["evangelist", "Evangelist"],
  recycled: ["lead", "Recycled"],
  disqualified: ["other", "Disqualified"],
};

/** I12: both sides show the person's stage, and in the first cycle it is no less than what anybody said of the live records. */
export const stagesMeet: Checker = (evidence) =>
  pairsOf(evidence).flatMap(({ link, contact, record, object }) => {
    if (link.stage === null) return [`${link.id} (${link.email}) has no stage`];
    const [hubspot, salesforce] = SPELLED[link.stage.stage] ?? ["", ""];
    const shown = [contact["lifecyclestage"] ?? "", String(record["LeadLoop_Stage__c"] ?? "")];
    const epoch = Number(record["LeadLoop_Epoch__c"] ?? 0);
    if (isSetAside(evidence, link, ["lifecyclestage", "LeadLoop_Stage__c"])) return [];
    if (shown[0] !== hubspot || shown[1] !== salesforce || epoch !== link.stage.epoch)
      return [
        `${link.id} (${link.email}) is ${link.stage.stage} of cycle ${link.stage.epoch}, but HubSpot shows ${shown[0]} and Salesforce ${shown[1]} of cycle ${epoch}`,
      ];
    const exited = ["recycled", "disqualified"].includes(link.stage.stage);
    const said = link.stage.epoch === 1 && !exited ? furthestSaid(evidence, link) : 0;
    const rank = rankOf(hubspot);
    return !exited && rank < said
      ? [`${link.id} (${link.email}, ${object}) is ${link.stage.stage}, but a person had set a further stage`]
      : [];
  });

/** What was taken back before the person was seen for the first time, or before a run that had read it decided, was never said. */
function furthestSaid(evidence: Evidence, link: Link): number {
  const { humans, systems } = evidence;
  const seenBy = Date.parse(link.firstSeenAt) + 120_000;
  const said = humans.filter(
    (row) => (row.id === link.hubspotId || row.id === link.salesforceId) && /stage/i.test(row.field ?? ""),
  );
  const wasRead = (row: HumanRow, until: number): boolean =>
    systems.requests.some(
      ({ system, at, request, response, invocation }) =>
        system === row.system &&
        !asksHistory(request) &&
        at >= row.at &&
        at < until &&
        response.body.includes(row.id) &&
        response.body.includes(`"${String(row.after)}"`) &&
        hasDecided(evidence, invocation, link.id),
    );
  const standing = said.filter((row) => {
    const later = said.find((other) => other.id === row.id && other.at > row.at);
    return later === undefined || (later.at >= seenBy && wasRead(row, later.at));
  });
  return Math.max(0, ...standing.map((row) => rankOf(String(row.after))));
}

/** Of a stage in either spelling; what is accepted counts as MQL, which is what HubSpot calls it. */
function rankOf(spelled: string): number {
  const order = ["subscriber", "lead", "mql", "sql", "opportunity", "customer", "evangelist"];
  return order.findIndex((stage) => spelled === stage || SPELLED[stage]?.includes(spelled) === true);
}
