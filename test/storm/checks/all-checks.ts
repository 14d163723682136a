/** Every invariant of a storm, and who checks it. The checkers are naive on purpose and share no code with the engine. */
import type { Checker } from "../evidence.ts";
import { addressesAgree, consentsAgree, everybodyIsLinked, fieldsAgree, stagesMeet } from "./agreement.ts";
import { everybodyIsAccountedFor, runsAddUp, writesAreInTheLedger } from "./books.ts";
import { batchesAreClean, callsAreDescribed, cursorsAreSound, limitsAreKept, theDeadAreLeftAlone } from "./calls.ts";
import { cyclesBeginAnew } from "./cycles.ts";
import { deletionsAreFollowed, nothingIsDeletedUnasked } from "./deletions.ts";
import { conflictsAreTrue, nothingIsLost, nothingStaleWins } from "./edits.ts";
import { theForgottenStayForgotten } from "./erasures.ts";
import { fencesHold, logsAreClean, noErrors } from "./jobs.ts";
import { noPingPong } from "./ping-pong.ts";
import { clearedFirst, noDuplicateTasks, stagesClimb, taskLedgerIsComplete, tasksHappen } from "./stages-and-tasks.ts";
import {
  blanksAreMeant,
  consentNeverLoosened,
  deletesStay,
  inScope,
  noDuplicates,
  oneWayStays,
  quiet,
} from "./writes.ts";

/** After every storm. */
export const CHECKERS: Readonly<Record<string, Checker>> = {
  "I0 no error escapes": noErrors,
  "I1 agreement": (evidence) => [...fieldsAgree(evidence), ...addressesAgree(evidence)],
  "I2 everybody is linked": everybodyIsLinked,
  "I3 quiet": quiet,
  "I4 nothing is lost": nothingIsLost,
  "I5 nothing stale wins": nothingStaleWins,
  "I6 no ping-pong": noPingPong,
  "I7 no duplicate record": noDuplicates,
  "I8 no duplicate task": noDuplicateTasks,
  "I9 tasks happen": tasksHappen,
  "I10 the task ledger is complete": taskLedgerIsComplete,
  "I11 stages climb": (evidence) => [...stagesClimb(evidence), ...cyclesBeginAnew(evidence)],
  "I12 stages meet": stagesMeet,
  "I13 consent": (evidence) => [...consentNeverLoosened(evidence), ...consentsAgree(evidence)],
  "I14 deletes stay": (evidence) => [
    ...deletesStay(evidence),
    ...nothingIsDeletedUnasked(evidence),
    ...deletionsAreFollowed(evidence),
  ],
  "I15 in scope": (evidence) => [...inScope(evidence), ...callsAreDescribed(evidence)],
  "I16 one way stays one way": oneWayStays,
  "I17 blanks are meant": blanksAreMeant,
  "I18 limits are kept": limitsAreKept,
  "I19 batches are clean": batchesAreClean,
  "I20 the dead are left alone": theDeadAreLeftAlone,
  "I21 fences hold": fencesHold,
  "I22 cursors are sound": cursorsAreSound,
  "I24 the books balance": (evidence) => [
    ...runsAddUp(evidence),
    ...everybodyIsAccountedFor(evidence),
    ...writesAreInTheLedger(evidence),
  ],
  "I26 conflicts are true": conflictsAreTrue,
  "I28 the log is clean": logsAreClean,
  "I29 erasure": theForgottenStayForgotten,
  "I30 cleared first": clearedFirst,
};

/** Invariants that no storm can tell by looking at what it left: where they are tested. `title` stands in the file. */
export const ELSEWHERE: Readonly<Record<string, { readonly file: string; readonly title: string }>> = {
  "I23 one bad record holds up nobody": {
    file: "test/stories/trouble.stories.yml",
    title: "A record that a validation rule refuses is told with its message, the others are written",
  },
  "I27 the same seed, the same storm": {
    file: "test/laws/storm.laws.test.ts",
    title: "The same seed makes the same storm to the last line of its trace",
  },
  "I31 a restart changes nothing but timing": {
    file: "test/laws/storm.laws.test.ts",
    title: "A process that forgets everything between two runs ends where one that remembers does",
  },
  "I32 every decision is total": {
    file: "test/core/sync/merge-field.test.ts",
    title: "the same input gives the same decision, and nothing given is changed",
  },
  "I25 undo": {
    file: "test/scenarios/undo.test.ts",
    title: "a run is undone where nobody has edited since",
  },
};
