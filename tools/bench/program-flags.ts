/** The flags of Node that the product itself is started with: what is measured runs as it does. */
import { readFileSync } from "node:fs";

/** What `npm run leadloop` gives to Node. */
export function programFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { leadloop: string } };
  return scripts.leadloop.split(" ").filter((word) => word.startsWith("--"));
}
