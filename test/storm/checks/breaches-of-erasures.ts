/** Made-up histories in which somebody whom an admin has forgotten is not, and what the checker says of each. */
import { emailOf } from "../storm-fields.ts";
import { forgotten } from "./made-up-turns.ts";
import { type Breach, minute } from "./made-up-world.ts";

export const BREACHES_OF_ERASURES: readonly Breach[] = [
  [
    "I29 erasure",
    "who was forgotten is linked all the same",
    (world) => forgotten(world, { state: "linked" }),
    /link-0 was forgotten and is linked/,
  ],
  [
    "I29 erasure",
    "an address stays somewhere in the state",
    (world) => {
      forgotten(world);
      world.stored = `[{"text":"about ${emailOf(0)}"}]`;
    },
    /the address p0@storm.example.com of somebody who was forgotten is still in the state/,
  ],
  [
    "I29 erasure",
    "a value stays somewhere in the state",
    (world) => {
      forgotten(world);
      world.stored = '[{"loser":"v1"}]';
    },
    /the value "v1" of somebody who was forgotten is still in the state/,
  ],
  [
    "I29 erasure",
    "who was forgotten is made anew",
    (world) => {
      forgotten(world);
      const made = { id: "77", created: true, before: undefined };
      world.change({ ...made, invocation: 3, at: minute(60), field: "Email", after: emailOf(0) });
    },
    /Lead 77 was made for p0@storm.example.com, who was forgotten/,
  ],
  [
    "I29 erasure",
    "a record of who was forgotten is written",
    (world) => {
      forgotten(world);
      world.change({ invocation: 3, at: minute(60), field: "Title", before: "v1", after: "v2" });
    },
    /Lead \w+ of somebody who was forgotten had Title written/,
  ],
];
