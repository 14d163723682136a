/** The shape of config/routing.yml: who gets which lead. */
import * as z from "zod";
import type { Routing } from "../core/model/rulebook.ts";
import { condition, emailAddress, kebabName, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

const ruleShape = z.strictObject({
  name: kebabName("europe"),
  when: condition().describe("Which leads; the first rule that holds and has an active owner decides."),
  owners: z
    .array(z.strictObject({ email: emailAddress(), weight: whole(1, 100, "leads in turn").default(1) }))
    .min(1, { error: "is empty; name at least one owner, such as { email: anna@example.com }" })
    .describe("Served in turn; an owner with weight 2 gets twice as many."),
});

export const routingShape = z.strictObject({
  rules: z.array(ruleShape).describe("In order: the first that holds decides."),
  fallback: text("Unassigned leads").describe("A Salesforce queue, or an owner's e-mail, for everybody else."),
});

type RoutingFile = z.infer<typeof routingShape>;

export function toRouting(shape: RoutingFile, checks: RuleChecks): Routing {
  checks.distinct(
    shape.rules.map(({ name }, index) => ({ path: ["rules", index, "name"], name })),
    "a rule",
  );
  return {
    rules: shape.rules.map(({ name, when, owners }, index) => {
      owners.forEach(({ email }, owner) => {
        const first = owners.findIndex((other) => other.email.toLowerCase() === email.toLowerCase());
        if (first !== owner)
          checks.issue(
            ["rules", index, "owners", owner, "email"],
            `${email} stands here twice; give it a weight instead`,
          );
      });
      return { name, when: checks.condition(["rules", index, "when"], when), owners };
    }),
    fallback: shape.fallback,
  };
}
