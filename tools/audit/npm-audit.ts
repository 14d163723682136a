/** What `npm audit --json` answers: the packages that have a known hole, or bring one in. */
import { isGrave } from "./known-holes.ts";

/** Its report, or what kept it from one. */
export interface NpmAudit {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerable>>;
  readonly metadata?: { readonly dependencies: { readonly total: number } };
  readonly statusCode?: number;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

/** A package with a hole of its own, or one that brings in such a package. */
export interface Vulnerable {
  readonly name: string;
  readonly severity: string;
  /** The holes themselves, or the names of the packages that bring them. */
  readonly via: readonly (string | NpmHole)[];
}

/** A hole, with the address of its page; that ends with its identifier. */
export interface NpmHole {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly range: string;
}

/** What npm printed; nothing where that is no JSON. */
export function readNpmAudit(printed: string): NpmAudit {
  try {
    return JSON.parse(printed);
  } catch {
    return {};
  }
}

/** The packages with a grave hole that is not accepted, and those that bring in such a package. */
export function openGrave(
  vulnerabilities: Readonly<Record<string, Vulnerable>>,
  isAccepted: (hole: NpmHole) => boolean,
): readonly Vulnerable[] {
  const holesOf = (name: string, seen: Set<string> = new Set()): readonly NpmHole[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    return (vulnerabilities[name]?.via ?? []).flatMap((cause) =>
      typeof cause === "string" ? holesOf(cause, seen) : [cause],
    );
  };
  return Object.values(vulnerabilities).filter(({ name, severity }) => {
    const grave = holesOf(name).filter((hole) => isGrave(hole.severity));
    return isGrave(severity) && !(grave.length > 0 && grave.every(isAccepted));
  });
}
