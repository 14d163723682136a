/** Known holes that we live with for now: each in the one version that is locked, so that another version is looked at anew, and with the reason, which every audit tells. */
import type { Locked } from "./known-holes.ts";

/** A hole that fails no audit while its package is locked to this version alone. */
export interface AcceptedHole extends Locked {
  /** Its identifier at GitHub. */
  readonly id: string;
  readonly why: string;
}

export const ACCEPTED_HOLES: readonly AcceptedHole[] = [
  {
    id: "GHSA-vfj7-8cjw-p6xm",
    name: "braces",
    version: "3.0.3",
    why: "no version is without it; only osls has it, for packaging, and gives it the patterns of our own serverless.yml",
  },
];

/** The acceptance of a hole, when every locked version of its package is the accepted one. */
export function acceptanceOf(
  ids: readonly string[],
  name: string,
  locked: readonly Locked[],
): AcceptedHole | undefined {
  const versions = locked.filter((one) => one.name === name).map(({ version }) => version);
  return ACCEPTED_HOLES.find(
    (accepted) =>
      accepted.name === name && ids.includes(accepted.id) && versions.every((version) => version === accepted.version),
  );
}
