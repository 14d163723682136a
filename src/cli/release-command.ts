/** `leadloop release`: lets go of fields that are held until a person says so, after a circle of writes or an undo. */
import { StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import { peopleWithHolds, type Released, releaseHolds } from "../jobs/release-holds.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { SYNC_JOB } from "../jobs/sync-dependencies.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { UsageError } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { counted, wrapped } from "./terminal.ts";

/** Long enough for everybody. */
const LEASE_MS = 60_000;

export interface ReleaseOptions {
  readonly field?: string;
  readonly all?: boolean;
}

/** Of one person, or of all; the next sync decides the fields anew. */
export function releaseCommand(context: CommandContext, person: string, options: ReleaseOptions): Promise<ExitCode> {
  if (person === "" && options.all !== true)
    throw new UsageError(
      "name a person by e-mail or id, or everybody with --all; `leadloop conflicts --open` lists what is held",
    );
  return withState(context, async ({ store, clock }) => {
    const now = clock.now();
    const lease = await store.acquireLease(SYNC_JOB, "release", LEASE_MS, now);
    if (lease === null) throw new StopRun("a sync is under way; try again when it has ended", { kind: "stopped" });
    try {
      const links = options.all === true ? await peopleWithHolds(store) : [await onePerson(store, person)];
      const released = await releaseHolds(store, lease, links, options.field ?? null, now);
      const { terminal } = context;
      terminal.printJson({ released });
      terminal.print([...released.map(lineOf), closing(released)].join("\n"));
      return EXIT.done;
    } finally {
      await store.releaseLease(lease);
    }
  });
}

/** Throws UsageError unless exactly one person is meant. */
export async function onePerson(store: StateStore, text: string): Promise<Link> {
  const found = (await store.findPerson(text)).filter((link) => link.state !== "superseded");
  const [link, ...others] = found;
  if (link === undefined)
    throw new UsageError(`nobody is known by "${text}"; \`leadloop explain\` finds people by e-mail, id or name`);
  if (others.length > 0) throw new UsageError(`${found.length} people match "${text}"; name one by e-mail or id`);
  return link;
}

function lineOf({ name, fields }: Released): string {
  return wrapped(`${name}: ${fields.join(", ")}`, 4, 2);
}

function closing(released: readonly Released[]): string {
  if (released.length === 0) return "Nothing was held until released.";
  return `${counted(released.length, "person", "people")} released; the next \`leadloop sync\` decides anew.`;
}
