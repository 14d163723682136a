/** Whose a record is that a merge or a conversion has made of two people's, where one of the two asked to be forgotten. */
import type { Link } from "../model/link.ts";
import type { System } from "../model/record.ts";

/** What is left of a merge or a conversion. */
export interface Survivor {
  /** As links hold it; null where the record has none. */
  readonly email: string | null;
  /** Somebody with this address asked to be forgotten. */
  readonly isForgotten: boolean;
}

/** What was read of the record that somebody's record has become part of; undefined for one that is not live, or could not be read. */
export type SurvivorOf = (system: System, id: string) => Survivor | undefined;

/**
 * Whether the record that `link` would move to is left alone, so that the person loses the one that they had. The address that it bears now tells whose it is:
 * one that somebody asked to forget is theirs, whoever's record went into it. The very record that was forgotten (`standing` is the link there) stays so unless
 * it bears the living person's own address, by which somebody has said that it is this person's from now on. In doubt the one who asked to be forgotten
 * is right: what LeadLoop does not write can be made good by hand, and an erasure that was undone cannot. Pure.
 */
export function isLeftAlone(
  { email }: Pick<Link, "email">,
  standing: Pick<Link, "state"> | undefined,
  survivor: Survivor | undefined,
): boolean {
  if (survivor === undefined) return false;
  if (survivor.isForgotten) return true;
  return standing?.state === "erased" && (survivor.email === null || survivor.email !== email);
}
