/** I3, I7, I8, I13: what the log of writes must not show. */

import type { Checker } from "../evidence.ts";
import type { ChangeRow } from "../stand-ins.ts";

/** I3: after the quiet point nothing is written any more. */
export const quiet: Checker = ({ systems, quietAt }) => [
  ...new Set(
    systems.changes
      .filter((change) => change.at > quietAt)
      .map((change) => `${told(change)}, long after the last edit`),
  ),
];

/** I7: at most one live record of ours per key. */
export const noDuplicates: Checker = ({ systems }) => {
  const created = systems.changes.filter(
    (change) => change.created && (change.field === "leadloop_key" || change.field === "LeadLoop_Key__c"),
  );
  const twice = created.filter((change, index) =>
    created.slice(0, index).some((other) => other.system === change.system && other.after === change.after),
  );
  const ours = new Set(created.map((change) => `${change.object}:${change.id}`));
  const emails = ["Lead", "Contact"].flatMap((object) =>
    systems.salesforce
      .records(object)
      .filter((row) => row["IsDeleted"] !== true && row["IsConverted"] !== true && ours.has(`${object}:${row["Id"]}`))
      .map((row) => row["Email"]),
  );
  const shared = emails.filter((email, index) => typeof email === "string" && emails.indexOf(email) !== index);
  return [
    ...twice.map((change) => `${told(change)}: created a second time under one key`),
    ...shared.map((email) => `two live records of ours in Salesforce have the address ${String(email)}`),
  ];
};

/** I8: one task for one cause, deleted ones included. */
export const noDuplicateTasks: Checker = ({ systems }) => {
  const causes = systems.salesforce.records("Task").map((task) => task["LeadLoop_Cause__c"]);
  const twice = causes.filter((cause, index) => typeof cause === "string" && causes.indexOf(cause) !== index);
  return twice.map((cause) => `two tasks for ${String(cause)}`);
};

/** I13: nothing of ours takes an objection back. */
export const consentNeverLoosened: Checker = ({ systems }) =>
  systems.changes
    .filter(
      ({ field, before, after }) =>
        ["do_not_call", "hs_email_optout", "DoNotCall", "HasOptedOutOfEmail"].includes(field) &&
        String(before) === "true" &&
        String(after) !== "true",
    )
    .map((change) => `${told(change)}: an objection was taken back`);

function told({ at, invocation, system, object, id, field, before, after }: ChangeRow): string {
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} invocation ${invocation}: ${system} ${object} ${id} ${field} from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
}
