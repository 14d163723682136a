/** Finds a stage that does not exist in a condition on the stage: it would be legal, and never hold. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { STAGES } from "../core/model/rulebook.ts";
import { writeInstead } from "./nearest-name.ts";

/** The first text that `stage` is compared with, or looked for in, although no stage is called so. */
export function misspeltStage(ast: ASTNode): { readonly message: string; readonly within: number } | null {
  for (const node of nodesOf(ast)) {
    if (node.op !== "==" && node.op !== "!=" && node.op !== "in") continue;
    const [left, right] = node.args;
    if (!isStage(left) && !isStage(right)) continue;
    for (const literal of [left, right].flatMap((side) => [...nodesOf(side)])) {
      if (literal.op !== "value" || typeof literal.args !== "string" || isKnown(literal.args)) continue;
      const message = `"${literal.args}" is not a stage; ${writeInstead(literal.args, STAGES)}`;
      return { message, within: literal.range.start };
    }
  }
  return null;
}

function isStage(node: ASTNode): boolean {
  return node.op === "id" && node.args === "stage";
}

/** Blank is how the stage of somebody never seen before reads. */
function isKnown(stage: string): boolean {
  return stage === "" || STAGES.some((one) => one === stage);
}

/** Every node of a condition, itself included. */
export function* nodesOf(part: unknown): Generator<ASTNode> {
  if (Array.isArray(part)) {
    for (const item of part) yield* nodesOf(item);
    return;
  }
  if (!isNode(part)) return;
  yield part;
  yield* nodesOf(part.args);
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === "object" && part !== null && "op" in part && "args" in part && "range" in part;
}
