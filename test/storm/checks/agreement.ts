/** I1, I2: what is linked agrees, and everybody who should be linked is. */
import type { Checker } from "../evidence.ts";
import { CONSENTS, STORM_FIELDS } from "../storm-fields.ts";
import { isSetAside, meaning, pairsOf } from "./naive.ts";

/** I1: at the quiet point every linked pair holds the same in each field that goes both ways. */
export const fieldsAgree: Checker = (evidence) =>
  pairsOf(evidence).flatMap((pair) =>
    STORM_FIELDS.flatMap((field) => {
      const name = pair.object === "Lead" ? field.Lead : field.Contact;
      if (name === null) return [];
      const [left, right] = [meaning(field.kind, pair.contact[field.hubspot]), meaning(field.kind, pair.record[name])];
      if (left === right || isSetAside(evidence, pair.link, [field.hubspot, name])) return [];
      return [
        `${pair.link.id} (${pair.link.email}): ${field.name} is "${left}" in HubSpot and "${right}" in Salesforce`,
      ];
    }),
  );

/** I13 (its end): whoever objects on one side objects on both. */
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
