/** `leadloop explain PERSON`: everything about one person, found by e-mail, name or id. */
import type { Link } from "../core/model/link.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { sentence } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { explainPerson } from "./explain-person.ts";
import { personText } from "./explain-text.ts";
import { counted, wrapped } from "./terminal.ts";

/** Reads the state alone; neither system is called. */
export function explainCommand(context: CommandContext, text: string): Promise<ExitCode> {
  return withState(context, async ({ store, loaded }) => {
    const { terminal } = context;
    const found = await store.findPerson(text);
    const [link, ...others] = withoutReplaced(found);
    if (link === undefined) {
      const error = `nobody is known by "${text}"; give an e-mail address, a HubSpot or Salesforce id, or part of a name, and note that people are known only after a sync has read them`;
      terminal.printJson({ outcome: "needs-attention", error, matches: [] });
      terminal.note(sentence(error));
      return EXIT.attention;
    }
    if (others.length > 0) {
      const matches = [link, ...others];
      terminal.printJson({
        outcome: "needs-attention",
        error: `${matches.length} people match`,
        matches: matches.map(matchOf),
      });
      terminal.print(listText(matches));
      terminal.note(
        `${counted(matches.length, "person", "people")} match "${text}"; name one by e-mail or by the id of a record.`,
      );
      return EXIT.attention;
    }
    const explained = await explainPerson(store, loaded, link);
    terminal.printJson(explained);
    terminal.print(personText(explained, link));
    return EXIT.done;
  });
}

/** Somebody merged into another is told only when nobody else is meant. */
function withoutReplaced(found: readonly Link[]): readonly Link[] {
  const present = found.filter((link) => link.state !== "superseded");
  return present.length > 0 ? present : found;
}

function matchOf({ id, name, email, state, hubspotId, salesforceObject, salesforceId }: Link): object {
  return { id, name, email, state, hubspotId, salesforceObject, salesforceId };
}

function listText(links: readonly Link[]): string {
  return links
    .map(({ name, email, hubspotId, salesforceObject, salesforceId, state }) => {
      const ids = [
        ...(hubspotId === null ? [] : [`HubSpot ${hubspotId}`]),
        ...(salesforceId === null ? [] : [`Salesforce ${salesforceObject ?? ""} ${salesforceId}`]),
      ];
      return wrapped([`${name}${email === null ? "" : ` <${email}>`}`, ...ids, state].join(" · "), 4);
    })
    .join("\n");
}
