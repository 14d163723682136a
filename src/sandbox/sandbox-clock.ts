/** The one clock both stand-ins read: real time with an offset, or time that moves only when told. */

/** A clock in milliseconds since the epoch. Everything time-dependent in the sandbox asks this and nothing else. */
export interface SandboxClock {
  now(): number;
  /** Makes `now()` answer `ms` from here on (a real clock then keeps running from there). */
  set(ms: number): void;
  advance(ms: number): void;
}

/** A clock that runs with real time; `set` and `advance` shift it. */
export function realClock(): SandboxClock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    set: (ms) => {
      offset = ms - Date.now();
    },
    advance: (ms) => {
      offset += ms;
    },
  };
}

/** A clock that stands still at `start` until it is told to move. */
export function manualClock(start: number): SandboxClock {
  let current = start;
  return {
    now: () => current,
    set: (ms) => {
      current = ms;
    },
    advance: (ms) => {
      current += ms;
    },
  };
}
