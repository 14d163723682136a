/** The laws L1-L8 of values, for every transform: no ping-pong, no harm, no silent guess. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TRANSFORM_NAMES, transformNamed } from "../../src/core/mapping/transforms.ts";
import { decodeFields } from "../../src/core/mapping/translate-record.ts";
import type { Transform } from "../../src/core/model/mapping.ts";
import { type RawValue, SYSTEMS, type System, type Value } from "../../src/core/model/record.ts";
import { nullable, numbers, SUBJECTS, type Subject, words } from "../core/mapping/transform-subjects.ts";

/** The value as it comes back after it was stored, or undefined when it cannot be converted. */
function stored(transform: Transform, value: Value, system: System): Value | undefined {
  const written = transform.encode(value, system, undefined);
  if (!written.ok) return undefined;
  const back = transform.decode(written.value, system);
  return back.ok ? back.value : undefined;
}

/** What survives in both systems. */
function throughBoth(transform: Transform, value: Value): Value | undefined {
  const salesforce = stored(transform, value, "salesforce");
  return salesforce === undefined ? undefined : stored(transform, salesforce, "hubspot");
}

/** Canonical values that some system really held. */
function canonicals(subject: Subject, transform: Transform): fc.Arbitrary<Value> {
  return fc
    .constantFrom(...SYSTEMS)
    .chain((system) => nullable(subject.raw[system]).map((raw) => transform.decode(raw, system)))
    .filter((result) => result.ok)
    .map((result) => (result.ok ? result.value : null));
}

describe.each(SUBJECTS)("the $label transform", (subject) => {
  const transform = transformNamed(subject.name, subject.options);
  const canonical = canonicals(subject, transform);
  const system = fc.constantFrom(...SYSTEMS);

  test("L1: storing a value twice changes no more than storing it once", () => {
    fc.assert(
      fc.property(canonical, system, (value, side) => {
        const once = stored(transform, value, side);
        if (once !== undefined) expect(stored(transform, once, side)).toBe(once);
      }),
    );
  });

  test("L2: it does not matter which system stores a value first", () => {
    fc.assert(
      fc.property(canonical, (value) => {
        const hubspotLast = throughBoth(transform, value);
        const hubspot = stored(transform, value, "hubspot");
        const salesforceLast = hubspot === undefined ? undefined : stored(transform, hubspot, "salesforce");
        expect(salesforceLast).toBe(hubspotLast);
      }),
    );
  });

  test("L3: values that are equal in canonical form stay equal in every system", () => {
    fc.assert(
      fc.property(nullable(subject.raw.hubspot), nullable(subject.raw.salesforce), (hubspot, salesforce) => {
        const h = transform.decode(hubspot, "hubspot");
        const s = transform.decode(salesforce, "salesforce");
        if (!h.ok || !s.ok || h.value !== s.value) return;
        expect(transform.encode(h.value, "salesforce", salesforce)).toEqual({ ok: true, value: salesforce });
        expect(transform.encode(s.value, "hubspot", hubspot)).toEqual({ ok: true, value: hubspot });
      }),
    );
  });

  test("L3: a canonical value is what survives in both systems, so comparing two of them needs no further look", () => {
    fc.assert(
      fc.property(canonical, (value) => {
        const kept = throughBoth(transform, value);
        if (value !== null && kept !== undefined) expect(kept).toBe(value);
      }),
    );
  });

  test("L4: a side that already means the value is given back exactly what it holds", () => {
    fc.assert(
      fc.property(system, canonical, (side, value) => {
        const written = transform.encode(value, side, undefined);
        if (written.ok) expect(transform.encode(value, side, written.value)).toEqual(written);
      }),
    );
    for (const side of SYSTEMS) {
      fc.assert(
        fc.property(nullable(subject.raw[side]), (raw) => {
          const value = transform.decode(raw, side);
          if (value.ok) expect(transform.encode(value.value, side, raw)).toEqual({ ok: true, value: raw });
        }),
      );
    }
  });

  test("L5: what was written reads back as the value, up to what both systems can hold", () => {
    fc.assert(
      fc.property(
        system.chain((side) => fc.tuple(fc.constant(side), canonical, nullable(subject.raw[side]))),
        ([side, value, current]) => {
          const written = transform.encode(value, side, current);
          if (!written.ok) return;
          const back = transform.decode(written.value, side);
          if (!back.ok) throw new Error(`unreadable after the write: ${JSON.stringify(written.value)}`);
          expect(throughBoth(transform, back.value)).toBe(throughBoth(transform, value));
        },
      ),
    );
  });

  test("L5: a value that is spelt as the base reads as it would without one", () => {
    fc.assert(
      fc.property(
        system.chain((side) => fc.tuple(fc.constant(side), canonical, nullable(subject.raw[side]))),
        ([side, base, raw]) => {
          expect(transform.decode(base, side, base)).toEqual(transform.decode(base, side));
          expect(transform.decode(raw, side, base)).toEqual(transform.decode(raw, side));
        },
      ),
    );
  });

  test("L6: what a server rewrites by itself is no change", () => {
    for (const side of SYSTEMS) {
      fc.assert(
        fc.property(nullable(subject.raw[side]), (raw) => {
          if (typeof raw !== "string") return;
          for (const rewrite of subject.rewrites) {
            const before = transform.decode(raw, side);
            if (before.ok) expect(transform.decode(rewrite(raw), side)).toEqual(before);
          }
        }),
      );
    }
  });

  test("L7: every value is converted or refused with a reason, and never thrown at", () => {
    for (const side of SYSTEMS) {
      fc.assert(
        fc.property(
          fc.oneof(subject.raw[side], words, numbers, fc.boolean()),
          fc.oneof(words, fc.constant(null)),
          (raw, value) => {
            for (const result of [transform.decode(raw, side), transform.encode(value, side, raw)]) {
              if (!result.ok) expect(result.reason).not.toBe("");
            }
          },
        ),
      );
    }
  });

  test("L8: a blank is a blank, and a field that was not read is absent", () => {
    for (const side of SYSTEMS) {
      for (const blank of [null, "", "  ", "\r\n"])
        expect(transform.decode(blank, side)).toEqual({ ok: true, value: null });
      // A checkbox is never blank: what it holds then must not be taken for a yes.
      expect(["", ...(transform.type === "boolean" ? ["false"] : [])]).toContain(stored(transform, null, side) ?? "");
      const field = {
        name: "f",
        hubspot: "f",
        salesforce: "F__c",
        rule: "two-way",
        transform,
        whenMissing: undefined,
      } as const;
      const mapping = {
        name: "m",
        file: "m.yml",
        hubspot: "contacts",
        salesforce: "Lead",
        matchKeys: [],
        include: null,
        create: [],
        onDelete: "unlink",
        fields: [field],
      } as const;
      const record = (fields: Readonly<Record<string, RawValue>>) =>
        ({
          ref: { system: side, object: "o", id: "1" },
          fate: { kind: "live" },
          fields,
          createdAt: "",
          modifiedAt: "",
          version: "",
        }) as const;
      expect(decodeFields(mapping, record({}))).toEqual({ values: {}, unreadable: [] });
      expect(decodeFields(mapping, record({ [field[side]]: null }))).toEqual({ values: { f: null }, unreadable: [] });
    }
  });
});

test("every transform has its laws tested", () => {
  expect(new Set(SUBJECTS.map((subject) => subject.name))).toEqual(new Set(TRANSFORM_NAMES));
});
