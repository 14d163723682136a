/** Lets fields go that wait for a person: after a circle of writes was broken, or after a run was undone. */
import type { FieldState, Link } from "../core/model/link.ts";
import type { Instant } from "../core/model/record.ts";
import { type Lease, NOTHING_DECIDED, type StateStore } from "./state-port.ts";

export interface Released {
  readonly link: string;
  readonly name: string;
  readonly fields: readonly string[];
}

/** People in one transaction. */
const CHUNK = 500;

/** Releases what is held until released: of these people and, where one is named, of this field alone. The next sync decides the fields anew. */
export async function releaseHolds(
  store: StateStore,
  lease: Lease,
  links: readonly Link[],
  field: string | null,
  now: Instant,
): Promise<readonly Released[]> {
  const released: Released[] = [];
  for (let start = 0; start < links.length; start += CHUNK) {
    const part = links.slice(start, start + CHUNK).map((link) => ({ link, fields: heldFields(link, field) }));
    const waiting = part.filter(({ fields }) => fields.length > 0);
    const { stale } = await store.commitDecisions(lease, {
      ...NOTHING_DECIDED,
      links: waiting.map(({ link, fields }) => withoutHolds(link, fields)),
      dirty: waiting.map(({ link }) => ({ key: `l:${link.id}`, reason: "released", dueAt: now })),
      settled: {
        conflicts: waiting.flatMap(({ link, fields }) => fields.map((name) => `${link.id}:${name}`)),
        rejects: [],
        writes: [],
      },
    });
    for (const { link, fields } of waiting)
      if (!stale.includes(link.id)) released.push({ link: link.id, name: link.name, fields });
  }
  return released;
}

/** Everybody with a field that waits to be released. */
export async function peopleWithHolds(store: StateStore): Promise<readonly Link[]> {
  const found: Link[] = [];
  for (let after: string | null = null; ; ) {
    const page: readonly Link[] = await store.scanLinks(after, CHUNK);
    found.push(...page.filter((link) => heldFields(link, null).length > 0));
    after = page.at(-1)?.id ?? null;
    if (page.length < CHUNK) return found;
  }
}

function heldFields(link: Link, field: string | null): string[] {
  return Object.entries(link.fields).flatMap(([name, { held }]) =>
    held?.until === "released" && (field === null || field === name) ? [name] : [],
  );
}

function withoutHolds(link: Link, names: readonly string[]): Link {
  const fields = Object.entries(link.fields).map(([name, { held, ...rest }]): [string, FieldState] => [
    name,
    held === undefined || names.includes(name) ? rest : { ...rest, held },
  ]);
  return { ...link, version: link.version + 1, fields: Object.fromEntries(fields) };
}
