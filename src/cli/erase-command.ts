/** `leadloop erase PERSON`: forgets a person on request; what stays is a hash of their address and the ids of their records. */
import type { Link } from "../core/model/link.ts";
import { forget, samePerson } from "../jobs/forget-person.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { onePerson } from "./release-command.ts";
import { wrapped } from "./terminal.ts";

/** Shows whom it is about; with `--yes` does it. Both systems are left alone: their own erasure is theirs, and the ids to erase there are told. */
export function eraseCommand(
  context: CommandContext,
  person: string,
  options: { readonly yes?: boolean },
): Promise<ExitCode> {
  return withState(context, async ({ store, clock }) => {
    const link = await onePerson(store, person);
    const people = await samePerson(store, link);
    const records = people.flatMap(recordsOf);
    const { terminal } = context;
    const erased = options.yes === true;
    if (erased) await forget(store, clock, people);
    terminal.printJson({ erased, key: link.id, records });
    const left = records.length === 0 ? "" : ` To be erased by hand, where still there: ${records.join(", ")}.`;
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

function recordsOf({ hubspotId, salesforceObject, salesforceId }: Link): string[] {
  return [
    ...(hubspotId === null ? [] : [`HubSpot contact ${hubspotId}`]),
    ...(salesforceId === null ? [] : [`Salesforce ${salesforceObject ?? "record"} ${salesforceId}`]),
  ];
}
