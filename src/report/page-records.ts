/** The records behind the numbers, as the page carries them: every person once, and for each cell their places. */
import type { Drill } from "../core/report/cell-book.ts";
import { html, Markup } from "./html-markup.ts";

/** A record as the page names it. */
export interface PageRecord {
  readonly id: string;
  readonly name: string;
  readonly hubspotId: string;
  readonly salesforceObject: string;
  readonly salesforceId: string;
}

/** Where records can be looked at: the address before a HubSpot contact's id, and that of the Salesforce organisation with a slash at its end; "" where it is not known. */
export interface RecordPlaces {
  readonly hubspot: string;
  readonly salesforce: string;
}

/** The element that the page's script reads. */
export function recordsElement(drill: Drill, people: ReadonlyMap<string, PageRecord>, places: RecordPlaces): Markup {
  const ids = new Set<string>();
  for (const rows of Object.values(drill))
    for (const columns of Object.values(rows))
      for (const cell of Object.values(columns)) for (const id of cell) ids.add(id);
  const sorted = [...ids].sort();
  const placeOf = new Map(sorted.map((id, place) => [id, place]));
  const records = sorted.map((id) => {
    const person = people.get(id);
    if (person === undefined) return [id];
    return [id, person.name, person.hubspotId, person.salesforceObject, person.salesforceId];
  });
  const cells = mapObject(drill, (rows) =>
    mapObject(rows, (columns) => mapObject(columns, (cell) => distances(cell, placeOf))),
  );
  const json = JSON.stringify({ places, people: records, cells });
  // Within a script element only "<" could end it; JSON may hold it in strings alone, where it can be spelled otherwise.
  return html`<script type="application/json" id="records">${new Markup(json.replaceAll("<", "\\u003c"))}</script>`;
}

/** One sign for a distance of up to 61; a longer one in base 36 between two hyphens. */
const SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Each place as its distance from the one before: nearly all take one sign. */
function distances(ids: readonly string[], placeOf: ReadonlyMap<string, number>): string {
  let before = 0;
  let text = "";
  for (const id of ids) {
    const place = placeOf.get(id) ?? 0;
    const distance = place - before;
    before = place;
    text += SIGNS[distance] ?? `-${distance.toString(36)}-`;
  }
  return text;
}

function mapObject<T, R>(object: Readonly<Record<string, T>>, change: (value: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
