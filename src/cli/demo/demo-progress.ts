/** Shows how far the demo is: a bar on a terminal, a line every ten days elsewhere; always beside the answer. */
import { Presets, SingleBar } from "cli-progress";
import type { TextStream } from "../surroundings.ts";
import { counted } from "../terminal.ts";
import type { DemoTally } from "./demo-tally.ts";

export interface DemoProgress {
  note(text: string): void;
  onDay(day: number): void;
  stop(): void;
}

const LINE_EVERY_DAYS = 10;

export function showProgress(days: number, tally: DemoTally, stderr: TextStream): DemoProgress {
  const soFar = (): string =>
    `${counted(tally.runs, "run")}, ${counted(tally.tasks, "task")}, ${counted(tally.conflicts, "conflict")}`;
  if (stderr.isTTY !== true) {
    return {
      note: (text) => stderr.write(`${text}\n`),
      onDay: (day) => {
        if (day % LINE_EVERY_DAYS === 0 || day === days) stderr.write(`day ${day} of ${days}: ${soFar()}\n`);
      },
      stop: () => {},
    };
  }
  let bar: SingleBar | null = null;
  return {
    note: (text) => stderr.write(`${text}\n`),
    onDay: (day) => {
      if (bar === null) {
        // Plain characters, and narrow enough for 80 columns with the counts behind it.
        const format = "day {value} of {total} [{bar}] {soFar}";
        bar = new SingleBar(
          { format, barsize: 20, stream: stderr, hideCursor: true, clearOnComplete: false },
          Presets.legacy,
        );
        bar.start(days, 0, { soFar: "" });
      }
      bar.update(day, { soFar: soFar() });
    },
    stop: () => bar?.stop(),
  };
}
