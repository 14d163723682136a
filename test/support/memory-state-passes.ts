/** How far reads of everybody are, in a state store in memory. */
import type { Link } from "../../src/core/model/link.ts";
import type { MetRecords, ReadPass } from "../../src/core/model/read-pass.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";

export function passReads(tables: MemoryTables): Pick<StateStore, "readPasses" | "unmetLinks"> {
  return {
    async readPasses() {
      return tables.readPasses.select(
        () => true,
        (pass) => [pass.system, pass.object],
      );
    },
    async unmetLinks() {
      const pages = tables.readPages.select(
        () => true,
        (page) => [page.page],
      );
      const met = new Set(pages.flatMap(({ system, ids }) => ids.map((id) => `${system}:${id}`)));
      const isUnmet = (system: string, id: string | null): boolean => id !== null && !met.has(`${system}:${id}`);
      const links = tables.links.select(
        ({ state, hubspotId, salesforceId, facts }) =>
          (["linked", "single", "ambiguous", "superseded"].includes(state) &&
            (isUnmet("hubspot", hubspotId) || isUnmet("salesforce", salesforceId))) ||
          (state === "tombstoned" && isUnmet("hubspot", hubspotId) && facts["contact left"] !== undefined),
        (link) => [link.id],
      );
      return links.map(({ id }) => id);
    },
  };
}

/** `over`: after this the passes are forgotten. */
export function putPasses(
  tables: MemoryTables,
  passes: readonly ReadPass[],
  met: readonly MetRecords[],
  over: boolean,
): void {
  for (const pass of passes) tables.readPasses.put(pass);
  for (const page of met) tables.readPages.put({ ...page, page: tables.readPages.size });
  if (over) forgetPasses(tables);
}

export function forgetPasses(tables: MemoryTables): void {
  for (const { system, object } of tables.readPasses.select(
    () => true,
    () => [],
  ))
    tables.readPasses.delete(`${system} ${object}`);
  for (const { page } of tables.readPages.select(
    () => true,
    () => [],
  ))
    tables.readPages.delete(String(page));
}

/** Whoever stepped aside in a merge counts only while a record of theirs is left. */
export function keepsRecord({ state, hubspotId, salesforceId }: Link): boolean {
  return state !== "superseded" || (hubspotId ?? salesforceId) !== null;
}
