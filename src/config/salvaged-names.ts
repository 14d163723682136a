/** The names that a file with mistakes introduces all the same, so that each mistake is told once and the other files are still checked. */

/** The mapped fields of a mapping, by HubSpot name; null when not even those can be told. `content` is the file as it stands. */
export function salvagedFields(content: unknown): readonly string[] | null {
  return namesIn(under(content, "fields"), "hubspot");
}

/** The facts of connector.yml; null when not even those can be told. */
export function salvagedFacts(content: unknown): readonly string[] | null {
  const facts = under(content, "facts") ?? {};
  const lists = ["hubspot", "salesforce"].map((system) => namesIn(under(facts, system) ?? [], "name"));
  return lists.includes(null) ? null : lists.flatMap((names) => names ?? []);
}

function namesIn(list: unknown, key: string): readonly string[] | null {
  if (!Array.isArray(list)) return null;
  const names = list.map((line) => under(line, key));
  return names.every((name) => typeof name === "string") ? names : null;
}

function under(group: unknown, key: string): unknown {
  return typeof group === "object" && group !== null && Object.hasOwn(group, key)
    ? (group as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
