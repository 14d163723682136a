/** `leadloop erase PERSON`: forgets a person on request; what stays is a hash of their address and the ids of their records. */
import { StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import { leftBehind } from "../jobs/erase-people.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { SYNC_JOB } from "../jobs/sync-dependencies.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { onePerson } from "./release-command.ts";
import { wrapped } from "./terminal.ts";

const LEASE_MS = 30_000;

/** Shows whom it is about; with `--yes` does it. Both systems are left alone: their own erasure is theirs, and the ids to erase there are told. */
export function eraseCommand(
  context: CommandContext,
  person: string,
  options: { readonly yes?: boolean },
): Promise<ExitCode> {
  return withState(context, async ({ store, clock }) => {
    const link = await onePerson(store, person);
    const people = [link, ...(await doublesOf(store, link)), ...(await leftBehind(store, [link]))];
    const records = people.flatMap(recordsOf);
    const { terminal } = context;
    const erased = options.yes === true;
    if (erased) {
      const now = clock.now();
      const lease = await store.acquireLease(SYNC_JOB, "erase", LEASE_MS, now);
      if (lease === null) throw new StopRun("a sync is under way; try again when it has ended", { kind: "stopped" });
      try {
        await store.erase(
          lease,
          people.map(({ id }) => id),
          "asked for by an operator",
          now,
        );
      } finally {
        await store.releaseLease(lease);
      }
    }
    terminal.printJson({ erased, key: link.id, records });
    const left = records.length === 0 ? "" : ` Still there, to be erased by hand: ${records.join(", ")}.`;
    terminal.print(
      wrapped(
        erased
          ? `Forgotten, and nobody with this address is created again.${left}`
          : `This forgets ${link.name} for good: every value and text of theirs in the state.${left} \`leadloop erase … --yes\` does it.`,
      ),
    );
    return EXIT.done;
  });
}

/** Records that were left unpaired because they share the person's address: they are of the same person. */
async function doublesOf(store: StateStore, { id, email }: Link): Promise<readonly Link[]> {
  const sharing = email === null ? [] : await store.linksByEmail([email]);
  return sharing.filter((other) => other.id !== id && other.state === "ambiguous");
}

function recordsOf({ hubspotId, salesforceObject, salesforceId }: Link): string[] {
  return [
    ...(hubspotId === null ? [] : [`HubSpot contact ${hubspotId}`]),
    ...(salesforceId === null ? [] : [`Salesforce ${salesforceObject ?? "record"} ${salesforceId}`]),
  ];
}
