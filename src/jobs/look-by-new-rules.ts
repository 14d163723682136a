/** After an admin has changed the rules: finds whom they decide otherwise about, some thousands at a time, from the state alone. */
import { rulesSayOtherwise } from "../core/rules/changed-rules.ts";
import { withDerived } from "../core/sync/gather-facts.ts";
import type { DirtyMark, Lease } from "./state-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

const SETTING = "people looked at by rules";
const PAGE = 5_000;
/** So many people are looked at in one pass, and so many marked: the next one goes on from there. */
const MOST_LOOKED_AT = 100_000;
const MOST_MARKED = 5_000;

/** By which rules everybody was looked at; `after`: the last of those who were, where it is not yet everybody. */
interface LookedAt {
  readonly fingerprint: string;
  readonly after: string | null;
}

/**
 * Marks whose score, stage or segments the present rules would change, and gives how many. Nothing is looked at while the rules stay as they are, nor at
 * the very first time: nobody was decided by others then.
 */
export async function lookByNewRules(dependencies: SyncDependencies, lease: Lease): Promise<number> {
  const { store, fingerprint, rulebook, clock } = dependencies;
  const stored = await store.setting(SETTING);
  const last: LookedAt | null = stored === null ? null : JSON.parse(stored);
  const save = (after: string | null): Promise<void> =>
    store.saveSetting(SETTING, JSON.stringify({ fingerprint, after }));
  if (last === null) {
    await save(null);
    return 0;
  }
  if (last.fingerprint === fingerprint && last.after === null) return 0;
  let after = last.fingerprint === fingerprint ? last.after : null;
  let marked = 0;
  for (let looked = 0; looked < MOST_LOOKED_AT && marked < MOST_MARKED; looked += PAGE) {
    const now = clock.now();
    const page = await store.scanLinks(after, PAGE);
    const dirty = page
      .filter((link) => rulesSayOtherwise(link, withDerived(link.facts, link.score, link.stage, []), rulebook, now))
      .map(({ id }): DirtyMark => ({ key: `l:${id}`, reason: "rescore", dueAt: now }));
    if (dirty.length > 0) await store.ingest(lease, { dirty, cursors: [], seen: [], now });
    marked += dirty.length;
    after = page.length < PAGE ? null : (page.at(-1)?.id ?? null);
    // Only now: whoever was passed by has their mark.
    await save(after);
    if (after === null) break;
  }
  return marked;
}
