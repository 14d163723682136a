/** What tools/audit uses of semver, which comes without types. */
declare module "semver" {
  /** Whether a version falls into a range; with `includePrerelease` a beta does too. */
  export function satisfies(version: string, range: string, options: { readonly includePrerelease: boolean }): boolean;
  /** The range as semver reads it, or null where it is none. */
  export function validRange(range: string): string | null;
}
