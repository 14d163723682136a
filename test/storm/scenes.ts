/** The rare coincidences that a storm of the third family plays, each with somebody of its own: what takes some runs in a certain order, and one call that is hit. */
import type { Aim } from "./aims.ts";
import type { Dice } from "./dice.ts";
import type { HumanStep } from "./human-steps.ts";

type Side = "hubspot" | "salesforce";
type Timed = HumanStep & { readonly at: number };

/** Where a scene stands in the storm. */
export interface Place {
  readonly dice: Dice;
  readonly who: number;
  /** Somebody whom nothing is aimed at, to be merged with. */
  readonly other: number;
  /** When the schedule calls, counted from the scene's first run. */
  readonly tick: (index: number) => number;
  /** Text fields that both systems show, by their number. */
  readonly texts: readonly number[];
}

export interface Scene {
  /** So many runs are its own. */
  readonly ticks: number;
  /** It says something only where every run comes through. */
  readonly calm?: true;
  /** It needs the job title. */
  readonly titled?: true;
  readonly draw: (place: Place) => Drawn;
}

export interface Drawn {
  readonly steps: readonly Timed[];
  readonly aims: readonly Aim[];
  /** Runs that do not take place. */
  readonly without?: readonly number[];
  /** Moments of further ones. */
  readonly besides?: readonly number[];
}

const BUDGET = 6;
const PHONE = 3;
const SECOND = 1_000;
/** So long after the schedule has called, a run has sent its writes where nothing is slow. */
const SOON = 45 * SECOND;

/** Somebody known to both sides: by the second run nothing is left to do. */
export function known({ dice, who, tick }: Place): Timed[] {
  const before = (): number => tick(0) - dice.integer(20, 80) * SECOND;
  return [
    { do: "create", side: "hubspot", who, stage: "lead", title: `known ${who}`, at: before() },
    { do: "create", side: "salesforce", who, stage: "lead", title: null, at: before() },
  ];
}

function edit({ dice, who }: Place, side: Side, field: number): HumanStep {
  const values: Readonly<Record<number, string>> = {
    [BUDGET]: "true",
    [PHONE]: `+1415200${dice.integer(2_000, 9_999)}`,
  };
  return { do: "edit", side, who, field, value: values[field] ?? `s${dice.integer(10_000, 999_999)}` };
}

/** Shortly before a run, so that it finds it. */
function justBefore({ dice }: Place, at: number): number {
  return at - dice.integer(8, 60) * SECOND;
}

/**
 * A write to HubSpot is held up, sent once more by the next run, answered by a person, and arrives when that has been read: what it brings back is nobody's
 * edit (row 22). Where the answer was still on its way to Salesforce, both sides show what nobody wants any more (rows 12 and 19).
 */
const straggler: Scene = {
  ticks: 7,
  calm: true,
  draw: (place) => {
    const { dice, who, tick, texts } = place;
    const lost = dice.chance(0.5);
    const field = dice.pick(lost ? [BUDGET, BUDGET, BUDGET, ...texts] : texts);
    const answer: HumanStep =
      field === BUDGET || dice.chance(0.2)
        ? { do: "clear", side: "hubspot", who, field }
        : edit(place, "hubspot", field);
    const held = { kind: "freeze" as const, ms: dice.integer(650, 850) * SECOND };
    const broken = dice.pick(["kill-before", "drop-before", "hang-before"] as const);
    const aims: Aim[] = [{ from: tick(2), until: tick(2) + SOON, on: "hubspot update", who, fault: held }];
    if (lost)
      aims.push({ from: tick(4), until: tick(4) + SOON, on: "salesforce update", who, fault: { kind: broken } });
    const steps = [
      ...known(place),
      { ...edit(place, "salesforce", field), at: justBefore(place, tick(2)) },
      { ...answer, at: tick(3) + dice.integer(15, 270) * SECOND },
    ];
    return { steps, aims };
  },
};

/** An edit right between our read and our write (row 14); the decision about it does not get through at once. */
const ranOver: Scene = {
  ticks: 6,
  draw: (place) => {
    const { dice, who, tick, texts } = place;
    const field = dice.pick(texts);
    const [from, to] = dice.pick([
      ["salesforce", "hubspot"],
      ["salesforce", "hubspot"],
      ["hubspot", "salesforce"],
    ] as const);
    const people = [{ afterMs: dice.integer(1, 14), step: edit(place, to, field) }];
    const on = `${to} update` as const;
    const lost = { from: tick(2), until: tick(5), on, who, fault: { kind: "kill-before" as const } };
    const fault = dice.pick([null, null, "kill-after", "drop-after"] as const);
    const aim: Aim = {
      ...{ from: tick(2), until: tick(2) + SOON, on, who, people },
      ...(fault === null ? {} : { fault: { kind: fault } }),
      ...(dice.chance(0.4) ? { next: lost } : {}),
    };
    return { steps: [...known(place), { ...edit(place, from, field), at: justBefore(place, tick(2)) }], aims: [aim] };
  },
};

/**
 * A run stands still after it has read Salesforce. Somebody edits there, somebody else clears the same field in HubSpot much later, and only that is read: a
 * decision without knowledge of the edit, which its write is refused for (row 21).
 */
const neverDelivered: Scene = {
  ticks: 5,
  calm: true,
  draw: (place) => {
    const { dice, who, tick, texts } = place;
    const field = dice.pick(texts);
    const still = dice.integer(335, 350) * SECOND;
    const people = [
      { afterMs: dice.integer(1, 5) * SECOND, step: edit(place, "salesforce", field) },
      {
        afterMs: still - dice.integer(8, 15) * SECOND,
        step: { do: "clear", side: "hubspot", who, field } satisfies HumanStep,
      },
    ];
    const fault = { kind: "freeze" as const, ms: still };
    return {
      steps: [
        ...known(place),
        { ...edit(place, "hubspot", field), at: justBefore(place, tick(1)) },
        { ...edit(place, "salesforce", PHONE), at: justBefore(place, tick(2)) },
      ],
      aims: [{ from: tick(2), until: tick(2) + SOON, on: "store closeWrites", who, fault, people }],
      without: [3],
    };
  },
};

/** A task whose first try is late: the next run comes before it can be known what became of it, and the rep deletes it as soon as it is there (row 23). */
const lateTask: Scene = {
  ticks: 2,
  draw: ({ dice, who, tick }) => {
    const late = dice.integer(46, 55) * SECOND;
    const run = tick(0) + dice.integer(62, 65) * SECOND;
    const unheard: Aim = {
      ...{ from: tick(0), until: run, on: "task create", who, fault: { kind: "hang-before" } },
      next: { from: run, until: run + SOON, on: "store saveTasks", who, fault: { kind: "freeze", ms: 33 * SECOND } },
    };
    const deleted = {
      afterMs: 30 * SECOND + late + dice.integer(600, 1_800),
      step: { do: "delete-task" as const, who },
    };
    return {
      steps: [
        {
          ...{ do: "create", side: "hubspot", who, stage: "marketingqualifiedlead", title: null },
          at: tick(0) - dice.integer(20, 80) * SECOND,
        },
      ],
      aims: [
        {
          ...{ from: tick(0), until: run, on: "task create", who },
          ...{ fault: { kind: "late", ms: late }, people: [deleted], next: unheard },
        },
      ],
      besides: [run],
    };
  },
};

/** A create whose first try is late: whoever does not wait makes the contact, somebody edits it, and the first try runs over that. */
const lateCreate: Scene = {
  ticks: 3,
  titled: true,
  draw: (place) => {
    const { dice, who, tick } = place;
    const late = dice.integer(48, 55) * SECOND;
    const run = tick(0) + dice.integer(60, 63) * SECOND;
    const edited = { afterMs: 30 * SECOND + late - dice.integer(1_500, 5_000), step: edit(place, "hubspot", 0) };
    return {
      steps: [
        {
          ...{ do: "create", side: "salesforce", who, stage: "lead", title: `late ${who}` },
          at: tick(0) - dice.integer(20, 80) * SECOND,
        },
      ],
      aims: [
        {
          ...{ from: tick(0), until: run, on: "hubspot create", who },
          ...{ fault: { kind: "late", ms: late }, people: [edited] },
          next: { from: tick(0), until: run, on: "hubspot create", who, fault: { kind: "hang-before" } },
        },
      ],
      besides: [run],
    };
  },
};

/** A contact that was made without our hearing of it, and that somebody deletes before anybody has seen it. */
const madeAndDeleted: Scene = {
  ticks: 4,
  draw: ({ dice, who, tick }) => ({
    steps: [
      {
        ...{ do: "create", side: "salesforce", who, stage: "lead", title: null },
        at: tick(0) - dice.integer(20, 80) * SECOND,
      },
    ],
    aims: [
      {
        ...{ from: tick(0), until: tick(0) + SOON, on: "hubspot create", who, fault: { kind: "kill-after" } },
        people: [{ afterMs: dice.integer(500, 20_000), step: { do: "delete", side: "hubspot", who } }],
      },
    ],
    without: [1],
  }),
};

/** A row that HubSpot's answer leaves out, because it was not done. */
const leftOut: Scene = {
  ticks: 4,
  draw: (place) => {
    const { dice, who, tick, texts } = place;
    const fault = { kind: "partial" as const, share: 1, told: false, undone: true as const };
    const step = edit(place, "salesforce", dice.pick(texts));
    return {
      steps: [...known(place), { ...step, at: justBefore(place, tick(2)) }],
      aims: [{ from: tick(2), until: tick(2) + SOON, on: "hubspot update", who, fault }],
    };
  },
};

/** A lead is converted, and the contact has another address before a run has seen it: nothing but the conversion leads to it (row 9). */
const convertedAndMoved: Scene = {
  ticks: 5,
  draw: (place) => {
    const { dice, who, tick, texts } = place;
    const at = tick(2) - dice.integer(30, 90) * SECOND;
    return {
      steps: [
        ...known(place),
        { do: "convert", who, at },
        { do: "address", side: "salesforce", who, spelling: 1, at: at + dice.integer(1, 20) * SECOND },
        { ...edit(place, "hubspot", dice.pick(texts)), at: justBefore(place, tick(dice.integer(2, 3))) },
      ],
      aims: [],
    };
  },
};

/** A create that is held up arrives between the next run's look and its own create (rows 6 and 18): what is there already is known again by its key. */
const crossing: Scene = {
  ticks: 4,
  draw: ({ dice, who, tick }) => {
    const side = dice.pick(["hubspot", "salesforce"] as const);
    const from = side === "hubspot" ? "salesforce" : "hubspot";
    const on = `${side} create` as const;
    const look: Aim = {
      ...{ from: tick(1), until: tick(1) + SOON, on: "store commitDecisions", who },
      fault: { kind: "freeze", ms: 40 * SECOND },
    };
    const again: Aim = { from: tick(0), until: tick(1), on, who, fault: { kind: "hang-before" } };
    return {
      steps: [
        {
          ...{ do: "create", side: from, who, stage: "marketingqualifiedlead", title: `crossing ${who}` },
          at: tick(0) - dice.integer(20, 80) * SECOND,
        },
      ],
      aims: [
        { from: tick(0), until: tick(0) + SOON, on, who, fault: { kind: "freeze", ms: 322 * SECOND }, next: again },
        look,
      ],
    };
  },
};

export const SCENES: readonly Scene[] = [
  ...[straggler, straggler, ranOver, neverDelivered, lateTask, lateCreate],
  ...[madeAndDeleted, leftOut, convertedAndMoved, crossing],
];
