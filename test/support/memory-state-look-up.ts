/** How a state store in memory finds people by a record or by what somebody types. */
import type { Link } from "../../src/core/model/link.ts";
import type { System } from "../../src/core/model/record.ts";
import type { MemoryTables } from "./memory-state-tables.ts";

const FOUND_AT_MOST = 20;

export function linkOfRecord(tables: MemoryTables, system: System, id: string): Link | undefined {
  const holds = (link: Link) => (system === "hubspot" ? link.hubspotId : link.salesforceId) === id;
  const [present] = tables.links.select(
    (link) => link.state !== "superseded" && holds(link),
    (link) => [link.id],
  );
  if (present !== undefined) return present;
  const alias = tables.aliases.get(`${system} ${id}`);
  return alias === undefined ? undefined : tables.links.get(alias.link);
}

export function findPerson(tables: MemoryTables, text: string): readonly Link[] {
  if (text === "") return [];
  const sameId = (id: string | null) => id === text || (text.length === 15 && id?.slice(0, 15) === text);
  const earlier = new Set(
    tables.aliases
      .select(
        (alias) => sameId(alias.oldId),
        (alias) => [alias.oldId],
      )
      .map((alias) => alias.link),
  );
  const exact = tables.links.select(
    (link) =>
      link.id === text ||
      link.email === text.toLowerCase() ||
      earlier.has(link.id) ||
      (link.state !== "superseded" && (link.hubspotId === text || sameId(link.salesforceId))),
    (link) => [link.id],
    FOUND_AT_MOST,
  );
  if (exact.length > 0) return exact;
  const part = text.toLowerCase();
  return tables.links.select(
    (link) => link.name.toLowerCase().includes(part) || link.email?.includes(part) === true,
    (link) => [link.name, link.id],
    FOUND_AT_MOST,
  );
}
