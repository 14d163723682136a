/** What happens to both systems as a whole in a storm: lag, locks, quotas, clocks, schemas, automation, and a mapping that an admin changes. */
import type { AdminStep } from "./admins.ts";
import type { Dice } from "./dice.ts";
import { STORM_MS } from "./storm-time.ts";

export type WeatherStep =
  | { readonly do: "lock"; readonly who: number; readonly times: number }
  | { readonly do: "expire-sessions" }
  /** So many calls are left today. */
  | { readonly do: "quota"; readonly side: "hubspot" | "salesforce"; readonly left: number }
  | { readonly do: "quota-renewed"; readonly side: "hubspot" | "salesforce" }
  | { readonly do: "clock"; readonly side: "hubspot" | "salesforce"; readonly ms: number }
  | { readonly do: "add-field" }
  | { readonly do: "remove-option" }
  | { readonly do: "hide-field" | "show-field" }
  | { readonly do: "rule-on" | "rule-off" }
  | { readonly do: "automation-on" | "automation-off" }
  | { readonly do: "change-mapping" }
  | Extract<AdminStep, { readonly do: "retype" }>
  /** The state's database is put back as it was at the last backup; whatever runs then loses its connection for good. */
  | { readonly do: "backup" | "put-back" };

const WEATHER: ReadonlySet<string> = new Set([
  ...["lock", "expire-sessions", "quota", "quota-renewed", "clock", "add-field", "remove-option", "hide-field"],
  ...["show-field", "rule-on", "rule-off", "automation-on", "automation-off", "change-mapping", "backup", "put-back"],
  "retype",
]);

export function isWeather(step: { readonly do: string }): step is WeatherStep {
  return WEATHER.has(step.do);
}

type Timed = WeatherStep & { at: number };

/** In few storms an admin puts the state back from a backup. */
export function drawPutBack(dice: Dice): Timed[] {
  if (!dice.chance(0.08)) return [];
  const at = dice.integer(400_000, STORM_MS - 2_400_000);
  return [
    { do: "backup", at },
    { do: "put-back", at: at + dice.integer(600_000, 2_000_000) },
  ];
}

export function drawWeather(dice: Dice, persons: number): Timed[] {
  const steps: Timed[] = [];
  const when = (): number => dice.integer(200_000, STORM_MS - 300_000);
  /** Something that begins and ends. */
  const spell = (begin: WeatherStep, end: WeatherStep, longest: number): void => {
    const at = when();
    steps.push({ ...begin, at }, { ...end, at: Math.min(STORM_MS, at + dice.integer(60_000, longest)) });
  };
  const locks = dice.pick([0, 0, 2, 8]);
  for (let lock = 0; lock < locks; lock += 1)
    steps.push({ do: "lock", who: dice.integer(0, persons - 1), times: dice.integer(1, 4), at: when() });
  if (dice.chance(0.1)) steps.push({ do: "expire-sessions", at: when() }, { do: "expire-sessions", at: when() });
  for (const side of ["hubspot", "salesforce"] as const) {
    if (dice.chance(0.05))
      spell({ do: "quota", side, left: dice.integer(0, 40) }, { do: "quota-renewed", side }, 3_600_000);
    if (dice.chance(0.05)) steps.push({ do: "clock", side, ms: dice.integer(-180_000, 180_000), at: when() });
  }
  if (dice.chance(0.05)) steps.push({ do: "add-field", at: when() });
  if (dice.chance(0.04)) steps.push({ do: "remove-option", at: when() });
  if (dice.chance(0.06)) spell({ do: "hide-field" }, { do: "show-field" }, 3_600_000);
  if (dice.chance(0.06)) spell({ do: "rule-on" }, { do: "rule-off" }, 3_600_000);
  if (dice.chance(0.06)) spell({ do: "automation-on" }, { do: "automation-off" }, 1_800_000);
  if (dice.chance(0.05)) steps.push({ do: "change-mapping", at: when() });
  return steps;
}
