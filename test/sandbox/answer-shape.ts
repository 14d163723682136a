/** Compares two answers by their keys, the kinds of their values and their headers, whatever the values are. */

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the text of anything else. */
  readonly body: unknown;
}

/** One place in which the answers differ. `[]` in a path stands for the elements of a list. */
export interface Difference {
  readonly path: string;
  readonly recorded: string;
  readonly ours: string;
}

/** What a kind of text is told by, most telling first. */
const TEXT_KINDS: readonly (readonly [string, RegExp])[] = [
  ["a UUID", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ["a time, UTC", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/],
  ["a time in whole seconds, +0000", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/],
  ["a date", /^\d{4}-\d\d-\d\d$/],
  ["an id of 18 characters", /^(?=.*\d)[0-9a-zA-Z]{15}[A-Z0-5]{3}$/],
  ["a path of the API", /^\/services\//],
  ["an HTTP date", /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} .* GMT$/],
  ["digits", /^\d+$/],
];

/** Transport, caching and the vendors' front servers: nothing that a client of the API looks at. */
const TRANSPORT_HEADERS = new Set(["cache-control", "vary", "server", "date", "etag", "content-length"]);

/** Every place in which ours is not of the shape that was recorded. */
export function differences(recorded: RecordedAnswer, ours: RecordedAnswer): Difference[] {
  const found: Difference[] = [];
  if (recorded.status !== ours.status) {
    found.push({ path: "status", recorded: String(recorded.status), ours: String(ours.status) });
  }
  compareHeaders(recorded.headers, ours.headers, found);
  compare("body", [recorded.body], [ours.body], found);
  return found;
}

function compareHeaders(
  recorded: RecordedAnswer["headers"],
  ours: RecordedAnswer["headers"],
  found: Difference[],
): void {
  const [theirs, mine] = [headerKinds(recorded), headerKinds(ours)];
  for (const name of new Set([...theirs.keys(), ...mine.keys()])) {
    const [expected, actual] = [theirs.get(name) ?? "absent", mine.get(name) ?? "absent"];
    if (expected !== actual) found.push({ path: `header ${name}`, recorded: expected, ours: actual });
  }
}

function headerKinds(headers: RecordedAnswer["headers"]): Map<string, string> {
  const named = Object.entries(headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    if (lower === "content-type") return [lower, value.toLowerCase().replaceAll(" ", "")];
    return [lower, lower === "location" || lower === "last-modified" ? kindOf(value) : value.replaceAll(/\d+/g, "9")];
  });
  return new Map(
    named
      .filter(([name]) => !TRANSPORT_HEADERS.has(name))
      .map(([name, value]) => [name, name === "x-hubspot-correlation-id" ? "a UUID" : value]),
  );
}

/** Compares all values that stand in one place: several, where lists are on the way. */
function compare(path: string, recorded: readonly unknown[], ours: readonly unknown[], found: Difference[]): void {
  const [expected, actual] = [kindsOf(recorded), kindsOf(ours)];
  if (expected !== actual) found.push({ path, recorded: expected, ours: actual });
  const [theirLists, ourLists] = [recorded.filter(Array.isArray), ours.filter(Array.isArray)];
  const [theirItems, ourItems] = [theirLists.flat(), ourLists.flat()];
  if (theirLists.length > 0 && ourLists.length > 0) {
    if (theirItems.length > 0 && ourItems.length > 0) compare(`${path}[]`, theirItems, ourItems, found);
    else if (theirItems.length !== ourItems.length) {
      found.push({ path: `${path}[]`, recorded: `${theirItems.length}`, ours: `${ourItems.length}` });
    }
  }
  const [theirObjects, ourObjects] = [recorded.filter(isObject), ours.filter(isObject)];
  if (theirObjects.length === 0 || ourObjects.length === 0) return;
  for (const key of new Set([...theirObjects, ...ourObjects].flatMap(Object.keys))) {
    const at = (objects: readonly Record<string, unknown>[]): unknown[] =>
      objects.filter((object) => Object.hasOwn(object, key)).map((object) => object[key]);
    const [theirValues, ourValues] = [at(theirObjects), at(ourObjects)];
    if (theirValues.length === 0) found.push({ path: `${path}.${key}`, recorded: "absent", ours: kindsOf(ourValues) });
    else if (ourValues.length === 0) {
      found.push({ path: `${path}.${key}`, recorded: kindsOf(theirValues), ours: "absent" });
    } else compare(`${path}.${key}`, theirValues, ourValues, found);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindsOf(values: readonly unknown[]): string {
  return [...new Set(values.map(kindOf))].sort().join(" or ");
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "string") return typeof value;
  if (value.startsWith("<")) return `XML of ${tagsOf(value)}`;
  return TEXT_KINDS.find(([, pattern]) => pattern.test(value))?.[0] ?? "text";
}

/** The elements in order, without their values and name spaces. */
function tagsOf(xml: string): string {
  return [...xml.matchAll(/<(?:\w+:)?(\w+)[\s/>]/g)].map(([, name]) => name).join(" ");
}
