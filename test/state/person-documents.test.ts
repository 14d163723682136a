/** The report's people, cut out of their documents, are those that JSON reads. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReportPerson } from "../../src/core/model/report-row.ts";
import { PersonReader } from "../../src/state/person-documents.ts";
import { cases } from "../support/law-cases.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", '"', "\\", "\n", "null", "a,b"),
);
const name = fc.constantFrom("source", "country", "segments since", 'a "b"');
/** The last one is as an earlier LeadLoop wrote it. */
const MARKS: Readonly<Record<string, Pick<ReportPerson, "clearing" | "unshown">>> = {
  "": { clearing: false, unshown: {} },
  clearing: { clearing: true, unshown: {} },
  "hubspot:unanswered": { clearing: false, unshown: { hubspot: { because: "unanswered" } } },
  "clearing hubspot:unsent salesforce:refused:CODE:1": {
    clearing: true,
    unshown: { hubspot: { because: "unsent" }, salesforce: { because: "refused", code: "CODE:1" } },
  },
  "salesforce clearing": { clearing: true, unshown: { salesforce: { because: "unanswered" } } },
};
const document = fc.tuple(
  fc.uuid(),
  fc.constantFrom("linked", "tombstoned"),
  text,
  fc.option(text),
  fc.constantFrom("Lead", null),
  fc.option(text),
  fc.oneof(fc.integer({ min: -1e12, max: 2e12 }), fc.constant(1.5)),
  fc.constantFrom("mql", null),
  fc.constantFrom(...Object.keys(MARKS)),
  fc.dictionary(name, text),
);

function read(documents: string): readonly ReportPerson[] {
  const reader = new PersonReader(documents);
  const people: ReportPerson[] = [];
  for (let person = reader.next(); person !== null; person = reader.next()) people.push(person);
  return people;
}

test("people are read as JSON reads them, whatever they are called", () => {
  fc.assert(
    fc.property(fc.array(document, { maxLength: 6 }), (documents) => {
      const expected = documents.map(
        ([id, state, called, hubspotId, object, salesforceId, at, stage, marks, facts]) => ({
          ...{ id, state, name: called, hubspotId, salesforceObject: object, salesforceId, firstSeenAt: at, stage },
          ...MARKS[marks],
          facts: { ...facts },
        }),
      );
      expect(read(documents.map((one) => JSON.stringify(one)).join("\n"))).toEqual(expected);
    }),
    { numRuns: cases(300) },
  );
});
