/** The shape of config/routing.yml: who gets which lead. */
import * as z from "zod";
import type { Routing, RoutingRule } from "../core/model/rulebook.ts";
import { territoryCondition } from "../core/rules/territory.ts";
import { condition, emailAddress, fieldName, isoDay, kebabName, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";
import { checkTerritories, territoryShape, toTerritory } from "./territory-shape.ts";
import type { Path } from "./yaml-position.ts";

const ownersShape = z
  .array(
    z.strictObject({
      email: emailAddress(),
      weight: whole(1, 100, "leads in turn").default(1),
      capacity: whole(1, 100_000, "open handoffs").optional(),
    }),
  )
  .min(1, { error: "is empty; name at least one owner, such as { email: anna@example.com }" })
  .describe("Served in turn; an owner with weight 2 gets twice as many.");

const ruleShape = z.strictObject({
  name: kebabName("europe"),
  when: condition().describe("Which leads; the first rule that holds and has an active owner decides."),
  owners: ownersShape,
});

export const routingShape = z.strictObject({
  "company-first": z
    .strictObject({
      "account-owner": fieldName("account_owner")
        .optional()
        .describe(
          "The fact with the e-mail address of whoever owns a contact's account; they go before its own owner.",
        ),
      "free-mail": z.array(text("gmail.com")).default([]).describe("E-mail domains that are no company's own."),
    })
    .optional()
    .describe(
      "First of all, whoever looks after the Salesforce contacts with the same e-mail domain. Leave it out to go by the rules alone.",
    ),
  rules: z.array(ruleShape).describe("In order: the first that holds decides."),
  territories: z
    .array(z.strictObject({ name: kebabName("dach"), ...territoryShape, owners: ownersShape }))
    .default([])
    .describe("When no rule has decided. No two may claim the same people, so their order does not matter."),
  otherwise: ownersShape.optional().describe("When no territory fits either."),
  fallback: text("Unassigned leads").describe("A Salesforce queue, or an owner's e-mail, for everybody else."),
  "fallback-person": emailAddress()
    .optional()
    .describe(
      "An owner's e-mail, where the fallback is a queue and no queue can own: a Contact, a task, a lead that is given on.",
    ),
  capacity: whole(1, 100_000, "open handoffs")
    .optional()
    .describe("Open handoffs beyond which an owner gets no more; each owner may have their own."),
  absences: z
    .array(z.strictObject({ email: emailAddress(), from: isoDay(), to: isoDay() }))
    .default([])
    .describe("Days on which an owner gets no leads, both included."),
});

type RoutingFile = z.infer<typeof routingShape>;

export function toRouting(shape: RoutingFile, checks: RuleChecks): Routing {
  const { rules, territories, otherwise } = shape;
  checks.distinct(
    [
      ...rules.map(({ name }, index) => ({ path: ["rules", index, "name"], name })),
      ...territories.map(({ name }, index) => ({ path: ["territories", index, "name"], name })),
    ],
    "a rule or territory",
  );
  checkTerritories(shape.territories, checks);
  checkAbsences(shape, checks);
  return {
    rules: [
      ...rules.map(({ name, when, owners }, index) => ({
        name,
        when: checks.condition(["rules", index, "when"], when),
        owners: toOwners(owners, ["rules", index, "owners"], checks),
      })),
      ...territories.map((one, index) => ({
        name: one.name,
        when: territoryCondition(toTerritory(one)),
        owners: toOwners(one.owners, ["territories", index, "owners"], checks),
      })),
      ...(otherwise === undefined
        ? []
        : [{ name: "otherwise", when: EVERYBODY, owners: toOwners(otherwise, ["otherwise"], checks) }]),
    ],
    fallback: shape.fallback,
    fallbackPerson: shape["fallback-person"] ?? null,
    companyFirst: toCompanyFirst(shape, checks),
    capacity: shape.capacity ?? null,
    absences: shape.absences,
  };
}

function toCompanyFirst({ "company-first": first }: RoutingFile, checks: RuleChecks): Routing["companyFirst"] {
  if (first === undefined) return null;
  const { "account-owner": owner, "free-mail": domains } = first;
  return {
    accountOwner: owner === undefined ? null : checks.fact(["company-first", "account-owner"], owner, ["text"]),
    freeMail: new Set(domains.map((domain) => domain.toLowerCase())),
  };
}

const EVERYBODY: RoutingRule["when"] = { source: "no rule and no territory decided", holds: () => true };

function toOwners(owners: z.infer<typeof ownersShape>, path: Path, checks: RuleChecks): RoutingRule["owners"] {
  owners.forEach(({ email }, owner) => {
    const first = owners.findIndex((other) => other.email.toLowerCase() === email.toLowerCase());
    if (first !== owner)
      checks.issue([...path, owner, "email"], `${email} stands here twice; give it a weight instead`);
  });
  return owners.map(({ email, weight, capacity }) => ({ email, weight, capacity: capacity ?? null }));
}

function checkAbsences({ absences, rules, territories, otherwise }: RoutingFile, checks: RuleChecks): void {
  const named = [...rules, ...territories].flatMap(({ owners }) => owners).concat(otherwise ?? []);
  const owned = (part: "rules" | "territories"): boolean =>
    checks.isSure([], [part]) &&
    { rules, territories }[part].every(({ owners }, index) =>
      checks.areAllKnown([part, index, "owners"], owners.length, "email"),
    );
  const isComplete =
    owned("rules") && owned("territories") && checks.areAllKnown(["otherwise"], otherwise?.length ?? 0, "email");
  const emails = [...new Set(named.map(({ email }) => email))];
  absences.forEach(({ email, from, to }, index) => {
    if (to < from && checks.isOwn(["absences", index, "from"]))
      checks.issue(["absences", index, "to"], `is before ${from}; write the last day of the absence`);
    if (isComplete && emails.every((one) => one.toLowerCase() !== email.toLowerCase()))
      checks.issue(["absences", index, "email"], `${email} owns nothing here; write one of ${emails.join(", ")}`);
  });
}
