/** What may happen in a random story of a few people in both systems. */
import fc from "fast-check";

/** Persons are numbered; a step whose person is not there (yet, or any more) does nothing. */
export type StoryStep =
  | { readonly do: "edit"; readonly side: "hubspot" | "salesforce"; readonly who: number; readonly field: number }
  | { readonly do: "blank"; readonly side: "hubspot" | "salesforce"; readonly who: number; readonly field: number }
  | { readonly do: "object"; readonly side: "hubspot" | "salesforce"; readonly who: number; readonly value: boolean }
  /** Both sides enter something else before anybody looks. */
  | { readonly do: "clash"; readonly who: number; readonly field: number }
  /** Both sides take an objection back before anybody looks. */
  | { readonly do: "withdraw"; readonly who: number }
  | {
      readonly do: "create";
      readonly side: "hubspot" | "salesforce";
      readonly who: number;
      readonly qualified: boolean;
    }
  /** Sales takes the person, or sends them back. */
  | { readonly do: "answer"; readonly who: number; readonly accepted: boolean }
  | { readonly do: "convert"; readonly who: number }
  | { readonly do: "delete"; readonly who: number }
  | { readonly do: "archive"; readonly who: number }
  | { readonly do: "merge"; readonly side: "hubspot" | "salesforce"; readonly who: number; readonly other: number }
  | { readonly do: "pass"; readonly minutes: number }
  | { readonly do: "sync" };

/** HubSpot's name and Salesforce's name on a Lead and on a Contact. */
export const FIELDS = [
  { hubspot: "jobtitle", Lead: "Title", Contact: "Title" },
  { hubspot: "firstname", Lead: "FirstName", Contact: "FirstName" },
  { hubspot: "city", Lead: "City", Contact: "MailingCity" },
] as const;

/** So many persons there are. */
export const PEOPLE = 3;
const side = fc.constantFrom("hubspot" as const, "salesforce" as const);
const who = fc.nat(PEOPLE - 1);
const field = fc.nat(FIELDS.length - 1);

export const anyStep: fc.Arbitrary<StoryStep> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("edit" as const), side, who, field }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("blank" as const), side, who, field }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("object" as const), side, who, value: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("clash" as const), who, field }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("withdraw" as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("create" as const), side, who, qualified: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("answer" as const), who, accepted: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("convert" as const, "delete" as const, "archive" as const),
      who,
    }) as fc.Arbitrary<StoryStep>,
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("merge" as const), side, who, other: who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass" as const), minutes: fc.constantFrom(0.1, 1, 6, 70) }) },
  { weight: 6, arbitrary: fc.constant({ do: "sync" as const }) },
);

/** Everybody is known to both sides before the story begins: most of what may go wrong needs two records that are one person. */
export const MEETING: readonly StoryStep[] = [
  ...[0, 1, 2].flatMap((person): StoryStep[] => [
    { do: "create", side: "hubspot", who: person, qualified: person === 0 },
    { do: "create", side: "salesforce", who: person, qualified: false },
  ]),
  { do: "sync" },
  { do: "pass", minutes: 6 },
  { do: "object", side: "salesforce", who: 1, value: true },
  { do: "sync" },
  { do: "pass", minutes: 6 },
];
