/** Reads the documents of the report's people, one on each line. */
import type { LinkState, UnshownCause } from "../core/model/link.ts";
import type { ReportPerson } from "../core/model/report-row.ts";
import type { Stage } from "../core/model/rulebook.ts";
import type { PersonDocument } from "./report-people.ts";

const [QUOTE, COMMA, BRACE] = [34, 44, 125];
const [ZERO, NINE, LETTER_N] = [48, 57, 110];
/** Values of each fact that are kept. */
const VALUES_KEPT = 64;
const NOTHING_UNSHOWN: ReportPerson["unshown"] = {};

/**
 * Reads one person after the other. Nearly every document is as `JSON.stringify` writes it and escapes nothing: such a one is cut up where its quotes are,
 * at a third of the cost of `JSON.parse`, which reads the others.
 */
export class PersonReader {
  readonly #documents: string;
  /** Where the next document begins. */
  #start = 0;
  #text = "";
  /** Where the next sign of `#text` is read. */
  #at = 0;
  /** Names of facts as the last document had them: the next one has the same, and a name made anew would have to be looked up. */
  readonly #names: string[] = [];
  /** Values that were met, those of each fact behind each other. */
  readonly #values: (string | undefined)[] = [];

  constructor(documents: string) {
    this.#documents = documents;
  }

  /** Null behind the last one. */
  next(): ReportPerson | null {
    const start = this.#start;
    if (start >= this.#documents.length) return null;
    const lineEnd = this.#documents.indexOf("\n", start);
    const end = lineEnd < 0 ? this.#documents.length : lineEnd;
    this.#start = end + 1;
    const text = detached(this.#documents.slice(start, end));
    const isPlain = !text.includes("\\") && text.startsWith(' ["') && text.endsWith("}]");
    return isPlain ? this.#plain(text) : personOf(JSON.parse(text));
  }

  #plain(text: string): ReportPerson {
    this.#text = text;
    this.#at = 2;
    const id = this.#string();
    const state = this.#string() as LinkState;
    const name = this.#string();
    const hubspotId = this.#stringOrNull();
    const salesforceObject = this.#stringOrNull();
    const salesforceId = this.#stringOrNull();
    const firstSeenAt = this.#number();
    const stage = this.#stringOrNull() as Stage | null;
    const marks = this.#string();
    const facts = this.#facts();
    return withMarks({ id, state, name, hubspotId, salesforceObject, salesforceId, firstSeenAt, stage, facts }, marks);
  }

  #string(): string {
    const from = this.#at + 1;
    const end = this.#text.indexOf('"', from);
    this.#at = end + 2;
    return this.#text.slice(from, end);
  }

  #stringOrNull(): string | null {
    if (this.#text.charCodeAt(this.#at) !== LETTER_N) return this.#string();
    this.#at += "null,".length;
    return null;
  }

  #number(): number {
    const text = this.#text;
    const start = this.#at;
    let number = 0;
    for (let code = text.charCodeAt(this.#at); code !== COMMA; code = text.charCodeAt(this.#at)) {
      number = number * 10 + code - ZERO;
      this.#at += 1;
      // A sign, a fraction or an exponent.
      if (code < ZERO || code > NINE) return this.#unusualNumber(start);
    }
    this.#at += 1;
    return number;
  }

  #unusualNumber(start: number): number {
    const end = this.#text.indexOf(",", start);
    this.#at = end + 1;
    return Number(this.#text.slice(start, end));
  }

  #facts(): Record<string, string> {
    const facts: Record<string, string> = {};
    const text = this.#text;
    let place = 0;
    // Behind the brace that opens, and behind the comma that parts two facts.
    for (this.#at += 1; text.charCodeAt(this.#at) === QUOTE; place += 1) {
      const name = this.#name(place);
      const end = text.indexOf('"', this.#at);
      facts[name] = this.#value(place, end);
      this.#at = text.charCodeAt(end + 1) === BRACE ? end + 1 : end + 2;
    }
    return facts;
  }

  /** The value that ends there: where many people have the same it is one string, which is found by its place in memory from then on. */
  #value(place: number, end: number): string {
    const text = this.#text;
    const from = this.#at;
    const signs = text.charCodeAt(end - 1) * 7 + text.charCodeAt(end - 2) + end - from;
    const slot = place * VALUES_KEPT + (signs % VALUES_KEPT);
    const known = this.#values[slot];
    if (known !== undefined && known.length === end - from && text.startsWith(known, from)) return known;
    const value = text.slice(from, end);
    this.#values[slot] = value;
    return value;
  }

  /** The name at that place, and the reader behind the quote that opens its value. */
  #name(place: number): string {
    const text = this.#text;
    const known = this.#names[place];
    const from = this.#at + 1;
    if (known !== undefined && text.startsWith(known, from) && text.charCodeAt(from + known.length) === QUOTE) {
      this.#at = from + known.length + 3;
      return known;
    }
    const end = text.indexOf('"', from);
    // A key of an object is kept once for all that are the same; a piece of a text would be looked up for every person.
    const [name = ""] = Object.keys({ [text.slice(from, end)]: true });
    this.#names[place] = name;
    this.#at = end + 3;
    return name;
  }
}

/** A piece of a text is no copy but a view, which holds the whole text for as long as somebody keeps the piece. Put together with something else it is copied. */
function detached(piece: string): string {
  return ` ${piece}`;
}

function personOf(document: PersonDocument): ReportPerson {
  const [id, state, name, hubspotId, salesforceObject, salesforceId, firstSeenAt, stage, marks, facts] = document;
  return withMarks({ id, state, name, hubspotId, salesforceObject, salesforceId, firstSeenAt, stage, facts }, marks);
}

function withMarks(person: Omit<ReportPerson, "clearing" | "unshown">, marks: string): ReportPerson {
  const { id, state, name, hubspotId, salesforceObject, salesforceId, firstSeenAt, stage, facts } = person;
  return {
    id,
    state,
    name,
    hubspotId,
    salesforceObject,
    salesforceId,
    firstSeenAt,
    stage,
    clearing: marks !== "" && marks.split(" ").includes("clearing"),
    unshown: marks === "" ? NOTHING_UNSHOWN : unshownOf(marks),
    facts,
  };
}

/** Reads what `storeReportPeople` marks. */
function unshownOf(marks: string): ReportPerson["unshown"] {
  const sides = marks.split(" ").flatMap((mark) => {
    const [system = "", because, ...code] = mark.split(":");
    if (system !== "hubspot" && system !== "salesforce") return [];
    // An earlier LeadLoop named the system alone, for any write without an answer.
    const side = { because: (because ?? "unanswered") as UnshownCause };
    return [[system, code.length === 0 ? side : { ...side, code: code.join(":") }] as const];
  });
  return Object.fromEntries(sides);
}
