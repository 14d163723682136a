/** What a file may not hold although YAML allows it, or that the parser forgives: each is told, and taken out, so that the rest of the file is read. */
import {
  type Document,
  type ErrorCode,
  isNode,
  isScalar,
  type Node,
  Scalar,
  visit,
  type YAMLParseError,
  type YAMLWarning,
} from "yaml";
import { syntaxWords } from "./yaml-words.ts";

interface Slip {
  readonly offset: number;
  readonly message: string;
}

export interface Slips {
  readonly found: readonly Slip[];
  /** Something else is wrong with the file, so that nobody knows what the rest of it means. */
  readonly isUnreadable: boolean;
  /** Whether a value at this place was taken out: whatever is wrong with it is told already. */
  isTakenOut(offset: number): boolean;
}

/** Slips that leave no doubt about the rest of the file. */
const MENDABLE: ReadonlySet<ErrorCode> = new Set(["DUPLICATE_KEY", "TAG_RESOLVE_FAILED", "BAD_DQ_ESCAPE", "BAD_ALIAS"]);
/** One slip of the pen makes the parser stumble many times: what follows the first is only worth telling where it stands for itself. */
const STANDS_FOR_ITSELF: ReadonlySet<ErrorCode> = new Set([...MENDABLE, "TAB_AS_INDENT"]);

type Error = YAMLParseError | YAMLWarning;

/** Changes `document`: the second of two equal keys, aliases and texts that cannot be read leave it. An alias is never followed, so that no file grows. */
export function takeOutSlips(document: Document.Parsed, text: string): Slips {
  const errors: readonly Error[] = [...document.errors, ...document.warnings];
  const first = errors.find(({ code }) => !STANDS_FOR_ITSELF.has(code));
  const found: Slip[] = errors
    .filter((slip) => slip === first || STANDS_FOR_ITSELF.has(slip.code))
    .map(({ code, message, pos }) => ({ offset: pos[0], message: syntaxWords(code, message) }));
  // The parser stumbles at the tag or alias itself, the node begins behind the tag.
  const isTold = (at: number): boolean =>
    errors.some(({ pos: [from, to] }) => from === at || (to <= at && text.slice(to, at).trim() === ""));
  found.push(...anchorsAndTags(document).filter(({ offset }) => !isTold(offset)));
  const isUnreadable = errors.some(({ code }) => !MENDABLE.has(code)) || hasAliasAsKey(document);
  const gone: (readonly [number, number])[] = [];
  if (!isUnreadable) {
    dropSecondKeys(document, offsetsOf(errors, "DUPLICATE_KEY"));
    dropValues(document, offsetsOf(errors, "BAD_DQ_ESCAPE"), gone);
  }
  return { found, isUnreadable, isTakenOut: (offset) => gone.some(([from, to]) => offset >= from && offset < to) };
}

function offsetsOf(errors: readonly Error[], wanted: ErrorCode): readonly number[] {
  return errors.flatMap(({ code, pos }) => (code === wanted ? [pos[0]] : []));
}

/** Anchors would let a small file grow without end, and tags would change what a value is: neither helps an admin. */
function anchorsAndTags(document: Document.Parsed): readonly Slip[] {
  const found: Slip[] = [];
  const add = (node: Node, message: string) => found.push({ offset: node.range?.[0] ?? 0, message });
  visit(document, {
    Alias: (_, node) => {
      add(node, "* starts an alias, which LeadLoop's files do not use; write the value out");
    },
    Node: (_, node) => {
      if ("anchor" in node && node.anchor !== undefined)
        add(node, "& starts an anchor, which LeadLoop's files do not use; leave it out");
      if (isTagged(node)) add(node, "! starts a tag, which LeadLoop's files do not use; leave it out");
    },
  });
  return found;
}

function isTagged(node: unknown): node is Node {
  return isNode(node) && "tag" in node && typeof node.tag === "string";
}

function hasAliasAsKey(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias: (key) => {
      found ||= key === "key";
    },
  });
  return found;
}

/** The first of two equal keys is kept. */
function dropSecondKeys(document: Document.Parsed, offsets: readonly number[]): void {
  visit(document, {
    Map: (_, map) => {
      map.items = map.items.filter(({ key }) => !(isNode(key) && offsets.includes(key.range?.[0] ?? -1)));
    },
  });
}

/** An empty value in the place of each alias, tagged value and text with a wrong escape: what is missing then gets a stand-in like any other mistake. */
function dropValues(document: Document.Parsed, escapes: readonly number[], gone: (readonly [number, number])[]): void {
  const put = new Set<Node>();
  const empty = (node: Node): Scalar => {
    const scalar = new Scalar(null);
    put.add(scalar);
    if (node.range) {
      scalar.range = node.range;
      gone.push([node.range[0], Math.max(node.range[1], node.range[0] + 1)]);
    }
    return scalar;
  };
  visit(document, {
    Alias: (_, node) => empty(node),
    Scalar: (key, node) => {
      const [from = 0, to = 0] = node.range ?? [];
      const isBroken = isTagged(node) || escapes.some((offset) => offset >= from && offset < to);
      return isBroken && key !== "key" && !put.has(node) && isScalar(node) ? empty(node) : undefined;
    },
  });
}
