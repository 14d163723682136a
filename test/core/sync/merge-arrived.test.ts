/** A write that nobody answered for, seen to be there: from then on what had stood there before it is news again. */
import { expect, test } from "vitest";
import type { FieldState, Origin, Register } from "../../../src/core/model/link.ts";
import { otherSystem, SYSTEMS, type System, type Value } from "../../../src/core/model/record.ts";
import { mergeField } from "../../../src/core/sync/merge-field.ts";

const at = (hour: string): Omit<Origin, "side"> => ({
  lo: `2026-03-02T${hour}:00:00.000Z`,
  hi: `2026-03-02T${hour}:00:00.000Z`,
});

/** "ours" was entered on `from` at eight, and sent to the other side, which was blank. */
function sentFrom(from: System): FieldState {
  const sides = <Thing>(here: Thing, there: Thing): Readonly<Record<System, Thing>> =>
    from === "hubspot" ? { hubspot: here, salesforce: there } : { hubspot: there, salesforce: here };
  const register: Register = {
    target: "ours",
    origin: { side: from, ...at("08") },
    noNews: sides<readonly Value[]>(["ours"], [null, "ours"]),
    sent: sides<readonly Value[]>([], ["ours"]),
    delivered: sides(true, false),
  };
  return { register };
}

/** `there`: what the side that was written to shows, and the hour of it. */
function merge(state: FieldState, from: System, here: [Value, string], there: [Value, string], unsettled = false) {
  const sight = ([value, hour]: [Value, string]) => ({ value, own: false, ...at(hour) });
  const sightings = { [from]: sight(here), [otherSystem(from)]: sight(there) } as Record<
    System,
    ReturnType<typeof sight>
  >;
  return mergeField({ rule: "two-way", state, sightings, overrun: null, tieSide: "salesforce", unsettled });
}

test.each(SYSTEMS)(
  "Sent from %s: it shows while the next value is decided, and a blank after that is somebody's",
  (from) => {
    const next = merge(sentFrom(from), from, ["next", "09"], ["ours", "08"]);
    expect(next.decision?.target).toBe("next");
    const cleared = merge(next.state, from, ["next", "09"], [null, "10"]);
    expect(cleared.decision?.target).toBe(null);
    expect(cleared.conflicts).toMatchObject([{ [from]: "next", kept: otherSystem(from) }]);
  },
);

test.each(SYSTEMS)(
  "Sent from %s: it shows while something else that was sent may still arrive, and a blank after that is somebody's",
  (from) => {
    const shown = merge(sentFrom(from), from, ["ours", "08"], ["ours", "08"], true);
    expect(shown).toMatchObject({ decision: null, state: { register: { target: "ours" } } });
    const cleared = merge(shown.state, from, ["ours", "08"], [null, "10"], true);
    // Whoever cleared it had seen it: nothing is overruled.
    expect(cleared).toMatchObject({ decision: { target: null }, conflicts: [] });
  },
);

test.each(SYSTEMS)(
  "Sent from %s: a blank without its having been seen may be the one that stood there before",
  (from) => {
    expect(merge(sentFrom(from), from, ["ours", "08"], [null, "10"]).decision?.target).toBe("ours");
    const next = merge(sentFrom(from), from, ["next", "09"], [null, "08"]);
    expect(merge(next.state, from, ["next", "09"], [null, "10"]).decision?.target).toBe("next");
  },
);

test.each(SYSTEMS)("Sent from %s: an earlier value of ours that arrives late is no news", (from) => {
  const next = merge(sentFrom(from), from, ["next", "09"], ["ours", "08"]);
  const last = merge(next.state, from, ["last", "10"], ["next", "09"]);
  expect(merge(last.state, from, ["last", "10"], ["ours", "11"]).decision?.target).toBe("last");
});
