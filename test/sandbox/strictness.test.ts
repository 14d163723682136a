/** The list of what the stand-ins must be as strict about as the vendors, with the tests that prove each; a line without its test fails here. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";

/** What is demanded, and the tests of it: file, then a part of its title or of its row in a table. */
const STRICTNESS: readonly (readonly [
  demand: string,
  ...proofs: readonly (readonly [file: string, title: string])[],
])[] = [
  [
    "HubSpot: burst limit, with its headers and body",
    ["hubspot-limits", "the burst limit rolls over ten seconds and its refusal has a policy name and no category"],
    ["hubspot-limits", "the headers count down within ten seconds and within the day"],
  ],
  [
    "HubSpot: daily limit, renewed at the account's midnight",
    ["hubspot-limits", "the daily limit counts everything and resets at the account's midnight"],
  ],
  [
    "HubSpot: search limit, with its own body and only the daily headers",
    ["hubspot-limits", "search has its own limit of five a second, its own refusal, and only the daily headers"],
    ["recorded-answers", "is answered exchange by exchange as it was recorded"],
  ],
  ["Salesforce: daily limit", ["salesforce-access", "past the limit everything is refused until the window has moved"]],
  [
    "Salesforce: a limit header that is only about right",
    ["salesforce-access", "is told with each data answer, roughly: it may go backwards a little"],
  ],
  [
    "100 to a HubSpot batch, 50 with history",
    ["hubspot-batch", "101 inputs"],
    ["hubspot-batch", "history is for at most 50 inputs"],
  ],
  [
    "200 to a page of a search, 10,000 to a search",
    ["hubspot-search", "more than 200 per page"],
    ["hubspot-search", "an offset beyond 10,000"],
    ["hubspot-search", "pages by offset end without paging and stop at 10,000"],
  ],
  [
    "200 records to a Collections request, ten runs of one type",
    ["salesforce-writing", "refuse more than 200 records, and more than 10 runs of one type, as a whole"],
  ],
  [
    "25 parts to a composite request, five of them queries",
    ["salesforce-rules", "takes 25 parts, five of them queries, and counts as one call"],
  ],
  [
    "2,000 rows to a page, with a locator",
    ["salesforce-reading", "results come in pages of at most 2,000 with a locator that expires"],
  ],
  ["search bodies of 3,000 characters", ["hubspot-search", "a body of more than 3,000 characters"]],
  ["one sort", ["hubspot-search", "two sorts"]],
  [
    "an index that lags",
    ["hubspot-search", "a fresh contact is missing from search until the index has caught up"],
    ["hubspot-search", "an archived contact counts in the total until the index knows, but is never answered"],
    ["hubspot-search", "a rare write takes the long way into the index"],
  ],
  [
    "stale hits",
    ["hubspot-search", "a stale index finds by the old value and answers the new one"],
    ["hubspot-recorded", "04: a hit found by a value it no longer has"],
  ],
  [
    "records that move by themselves after a create",
    ["hubspot-search", "the modification time moves once by itself after a create, up to 24 seconds later"],
  ],
  ["batch results in any order", ["hubspot-batch", "results come in another order than the inputs"]],
  [
    "207 only where the vendor gives it: a read of missing ids, a write whose inputs all carry trace ids",
    ["hubspot-batch", "a batch read of missing ids answers 207 with one error group"],
    ["hubspot-batch", "fails in part when every input has a trace id"],
    ["hubspot-batch", "fails whole when only some inputs have trace ids"],
    ["hubspot-batch", "every batch success has the vendor's status code"],
  ],
  [
    "a create that conflicts fails its batch",
    ["hubspot-batch", "fails whole without trace ids and names the existing id"],
    ["hubspot-batch", "two inputs with one e-mail are a conflict and nothing is written"],
  ],
  [
    "secondary e-mail addresses",
    ["hubspot-batch", "records are read by e-mail, secondary ones included, and by a unique property"],
    ["hubspot-writing", "an e-mail is unique over primary and secondary addresses, and free again once archived"],
    ["hubspot-writing", "a secondary address that becomes the primary one changes places with it"],
  ],
  [
    "a lifecycle stage that would go back is ignored with 200; or accepted, by a switch, because the sources disagree",
    ["hubspot-writing", "a lifecycle stage cannot go back unless it is cleared first, and nobody says so"],
    ["hubspot-writing", "an account may accept earlier stages"],
  ],
  [
    "a merge makes a new id, and old ids lead to it",
    ["hubspot-merging", "a merge makes a new record to which both old ids lead"],
    ["hubspot-merging", "an id merged away twice leads to the last record, and all ids are remembered"],
  ],
  [
    "archived records are listed when asked for",
    ["hubspot-merging", "an archived contact is found only when asked for, keeps its id, and comes back"],
  ],
  [
    "an erasure by the GDPR, with its block list",
    ["hubspot-merging", "an erased contact is gone, and none of its addresses can come back"],
    ["hubspot-merging", "an unknown address goes on the block list too, an unknown id is 404"],
  ],
  [
    "HubSpot: choices, kinds of values, lengths, read-only properties",
    ["hubspot-writing", "one wrong choice of several"],
    ["hubspot-writing", "text in a number"],
    ["hubspot-writing", "text of more than 65,536 characters"],
    ["hubspot-writing", "READ_ONLY_VALUE"],
  ],
  [
    "HubSpot: a token that expires",
    ["hubspot-limits", "an OAuth token is refreshed by form, works for half an hour, and expires"],
  ],
  [
    "SystemModstamp in whole seconds",
    ["salesforce-writing", "audit fields are stamped by the integration user in whole seconds"],
    ["salesforce-rules", "an edit in the very second of the header is not seen: the vendor compares whole seconds"],
  ],
  [
    "a write that becomes visible late",
    ["salesforce-reading", "a write becomes visible later than its stamp says"],
    ["salesforce-reading", "the updated list says how far it can be trusted"],
  ],
  [
    "queryAll with MasterRecordId",
    ["salesforce-people", "deletes the losers under their master and moves their children and the children's stamps"],
    ["salesforce-people", "a deleted record is only in queryAll, with its children, until it is restored with them"],
  ],
  [
    "converted leads refuse updates",
    ["salesforce-people", "is final: a converted lead takes no update and no second conversion, and can be deleted"],
  ],
  [
    "duplicate rules, alerting and blocking",
    ["salesforce-rules", "a duplicate rule that should %s, with headers %o, answers %i"],
  ],
  ["validation rules", ["salesforce-rules", "a validation rule refuses with its message"]],
  ["restricted picklists", ["salesforce-writing", "an unknown value of a restricted picklist"]],
  ["lengths", ["salesforce-writing", "a text that is too long"], ["salesforce-writing", "a number out of range"]],
  [
    "read-only fields, and fields that the user may not see",
    ["salesforce-writing", "a read-only field"],
    ["salesforce-writing", "a hidden field can neither be written nor read"],
  ],
  [
    "unique fields",
    ["salesforce-writing", "a unique value that is taken is refused with the other record's id, until that is deleted"],
  ],
  ["row locks", ["salesforce-rules", "a locked row refuses as often as was asked, and people are not refused"]],
  [
    "assignment rules that take the owner",
    ["salesforce-rules", "is taken by the assignment rule unless the call switches it off"],
  ],
  ["sessions that expire", ["salesforce-access", "ends after its time, and when all sessions are ended"]],
  [
    "Bulk 2.0 jobs with failed and unprocessed rows",
    ["salesforce-bulk", "goes from open over upload and progress to complete, and tells what became of each row"],
    ["salesforce-bulk", "fails as a whole for %s, its rows unprocessed"],
    ["salesforce-bulk", "can be aborted while it is open, its rows unprocessed, and not closed twice"],
  ],
  [
    "requests that no description of the vendor allows are refused",
    ["hubspot-requests", "%s is refused"],
    ["salesforce-requests", "%s is refused by Salesforce"],
    ["../contracts/request-descriptions", "a mistake is noticed"],
  ],
];

const files = new Map<string, string>();

function textOf(file: string): string {
  const text = files.get(file) ?? readFileSync(new URL(`${file}.test.ts`, import.meta.url), "utf8");
  files.set(file, text);
  return text;
}

describe("each demand has its tests", () => {
  test.each(STRICTNESS.map(([demand, ...proofs]) => [demand, proofs] as const))("%s", (_demand, proofs) => {
    expect(proofs.length).toBeGreaterThan(0);
    expect(proofs.filter(([file, title]) => !textOf(file).includes(title))).toEqual([]);
  });

  test("docs/contracts.md tells each of them, with its tests", () => {
    const page = readFileSync(new URL("../../docs/contracts.md", import.meta.url), "utf8").split("\n");
    const untold = STRICTNESS.filter(([demand, ...proofs]) => {
      const line = page.find((one) => one.startsWith(`| ${demand} |`)) ?? "";
      return !proofs.every(
        ([file, title]) => line.includes(`${file.split("/").at(-1)}.test.ts`) && line.includes(title),
      );
    });
    expect(untold.map(([demand]) => demand)).toEqual([]);
    const rows = page.slice(
      page.indexOf("## What the sandbox is strict about"),
      page.indexOf("## What `check --live`, `setup` and `doctor` look at"),
    );
    expect(rows.filter((line) => line.startsWith("| ")).length - 1).toBe(STRICTNESS.length);
  });

  test("no test of the list is skipped", () => {
    const names = new Set(STRICTNESS.flatMap(([, ...proofs]) => proofs.map(([file]) => file)));
    expect([...names].filter((file) => /\.(skip|todo|only)\b/.test(textOf(file)))).toEqual([]);
  });
});

afterAll(() => {
  const lines = STRICTNESS.flatMap(([demand, ...proofs]) => [
    demand,
    ...proofs.map(([file, title]) => `    ${file}: ${title}`),
  ]);
  console.log(lines.join("\n"));
});
