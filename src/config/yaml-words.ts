/** What to tell an admin when a file is not YAML: the parser's codes in plain words. */
import type { ErrorCode } from "yaml";

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: "* starts an alias, which LeadLoop's files do not use; put the text in quotes",
  ALIAS_PROPS: "* starts an alias, which LeadLoop's files do not use; put the text in quotes",
  MULTIPLE_ANCHORS: "& starts an anchor, which LeadLoop's files do not use; put the text in quotes",
  BAD_DQ_ESCAPE: "a backslash inside \"double quotes\" starts an escape; use 'single quotes' instead",
  BAD_INDENT: "the indentation does not fit the lines above; line the keys of one group up with spaces",
  BLOCK_AS_IMPLICIT_KEY: "a second `key:` on one line; start a new line, or put the text in quotes",
  BLOCK_IN_FLOW: "an indented list or group cannot stand inside { } or [ ]; write it on one line",
  BAD_SCALAR_START: "a text cannot start with this character; put the text in quotes",
  BAD_DIRECTIVE: "a line cannot start with % here; put the text in quotes",
  DUPLICATE_KEY: "this key stands here for the second time; keep one of the two",
  MULTILINE_IMPLICIT_KEY:
    "a key must stand on one line, followed by `:`; is a colon, or a closing quote or bracket above, missing?",
  KEY_OVER_1024_CHARS:
    "a key must stand on one line, followed by `:`; is a colon, or a closing quote or bracket above, missing?",
  MULTIPLE_DOCS: "--- starts a second document; a file holds one",
  TAB_AS_INDENT: "a tab indents this line; use spaces",
  TAG_RESOLVE_FAILED: "! starts a tag, which LeadLoop's files do not use; put the text in quotes",
  MULTIPLE_TAGS: "! starts a tag, which LeadLoop's files do not use; put the text in quotes",
  NON_STRING_KEY: "a key must be a plain word",
  RESOURCE_EXHAUSTION: "too deeply nested",
  BAD_COLLECTION_TYPE: "! starts a tag, which LeadLoop's files do not use; put the text in quotes",
};

/** One sentence that says what is wrong and what to write. Falls back to the parser's own words. */
export function syntaxWords(code: ErrorCode, message: string): string {
  if (code === "BAD_INDENT" && /^Flow/.test(message)) {
    return "a closing ] or } is missing above, or this line belongs further to the right";
  }
  if (code === "MISSING_CHAR") return missingCharacter(message);
  if (code === "UNEXPECTED_TOKEN") return unexpectedToken(message);
  return WORDS[code] ?? `cannot be read as YAML: ${message}`;
}

function missingCharacter(message: string): string {
  if (/quote/.test(message)) return "a closing quote is missing";
  if (/end with a \]/.test(message)) return "a closing ] is missing";
  if (/end with a \}/.test(message)) return "a closing } is missing";
  if (/comma|,/.test(message)) return "a comma is missing between two items";
  if (/map values/.test(message)) return "a colon is missing after the key, as in key: value";
  if (/comment/i.test(message)) return "a comment starts with a space before #";
  return `cannot be read as YAML: ${message}`;
}

function unexpectedToken(message: string): string {
  if (/flow-seq-end|\]/.test(message)) return "a ] without its [";
  if (/flow-map-end|\}/.test(message)) return "a } without its {";
  if (/scalar/.test(message)) return "text follows where the value has already ended; put the whole value in quotes";
  return `cannot be read as YAML: ${message}`;
}
