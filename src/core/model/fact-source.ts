/** A property or field that rules look at without its being synced, and what kind of value it holds. */
export interface FactSource {
  readonly name: string;
  readonly field: string;
  readonly type: "text" | "number" | "boolean" | "date" | "datetime" | "set";
}
