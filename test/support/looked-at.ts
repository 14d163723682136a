/** Counts what a run is given to look at, beside the run's own count: the books must balance with something that is not themselves. */
import type { LogEvent } from "../../src/jobs/ports.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";

const PEOPLES_OBJECTS: ReadonlySet<string> = new Set(["contacts", "Lead", "Contact"]);

/** Counts what a run looks at, by what goes in and out of its ports. */
export class LookedAt {
  rows = 0;
  unchanged = 0;

  around(dependencies: SyncDependencies): SyncDependencies {
    const { store, log } = dependencies;
    const debug = (event: LogEvent): void => {
      if (event.event === "changes.read" && PEOPLES_OBJECTS.has(event.object))
        this.unchanged += event.records - event.dirty;
    };
    const dirtyDue: StateStore["dirtyDue"] = async (...asked) => {
      const rows = await store.dirtyDue(...asked);
      this.rows += rows.length;
      return rows;
    };
    const counted = new Proxy(store, {
      get: (target, name) => {
        if (name === "dirtyDue") return dirtyDue;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    return { ...dependencies, store: counted, log: { ...log, debug } };
  }
}
