/** Decides whether this Node can run LeadLoop, and says what to do when it cannot. */

/** The first major version that runs TypeScript files as they are and that every package here supports. */
const OLDEST_NODE = 24;

/** What to do when `version` (as in `process.version`) is too old, or null when it will do. */
export function nodeAdvice(version: string): string | null {
  const major = Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
  if (major >= OLDEST_NODE) return null;
  return `LeadLoop needs Node ${OLDEST_NODE} and this is ${version}; run it as \`npm run leadloop -- <command>\`, which uses the Node that \`npm ci\` installed, or install Node ${OLDEST_NODE}`;
}
