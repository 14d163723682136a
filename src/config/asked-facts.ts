/** Which facts a condition asks about: while they stay as they are, only time can change its answer. */
import type { ASTNode } from "@marcbachmann/cel-js";
import type { Segment } from "../core/model/rulebook.ts";
import { countedFact } from "../core/rules/counted-facts.ts";
import { nodesOf } from "./stage-literals.ts";

/** Null where that cannot be told. Names more than it needs to: each name may be one whose totals are noted by day. */
export function askedFacts(ast: ASTNode, segments: ReadonlyMap<string, Segment>): ReadonlySet<string> | null {
  const asked = new Set<string>();
  for (const node of nodesOf(ast)) {
    if (node.op === "id") asked.add(String(node.args)).add(countedFact(String(node.args)));
    if (node.op !== "call" || node.args[0] !== "segment") continue;
    const named = segmentNamed(node, segments)?.when.asks;
    if (named === undefined) return null;
    for (const name of named) asked.add(name);
  }
  return asked;
}

function segmentNamed(call: ASTNode, segments: ReadonlyMap<string, Segment>): Segment | undefined {
  const literal = [...nodesOf(call.args)].find(({ op }) => op === "value");
  return literal === undefined ? undefined : segments.get(String(literal.args));
}
