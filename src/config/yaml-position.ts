/** Where a path of a YAML document, or a character inside one of its texts, stands in the file. */
import { isMap, isNode, isScalar, isSeq, type Node, type Scalar } from "yaml";

/** Keys and list indexes from the root of a file to one of its values. */
export type Path = readonly (string | number)[];

/** `fields[2].salesforce`: the path as an admin would say it. */
export function dotted(path: Path): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return text.replace(/^\./, "") || "the file";
}

/** Where the value at `path` starts; where its nearest existing parent starts when there is none. */
export function valueOffset(root: Node | null, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Where the key that `path` ends in is written; for a list item, where the item starts. */
export function keyOffset(root: Node | null, path: Path): number {
  const parent = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  const key = isMap(parent)
    ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === last)?.key
    : undefined;
  return isNode(key) && key.range ? key.range[0] : valueOffset(root, path);
}

/** Where character `within` of the text at `path` stands in `source`, whatever the style in which the text is written. */
export function textOffset(root: Node | null, source: string, path: Path, within: number): number {
  const node = nodeAt(root, path);
  if (!isScalar(node) || typeof node.value !== "string" || !node.range) return valueOffset(root, path);
  const [start, end] = node.range;
  const written = source.slice(start, end);
  return start + writtenOffset(written, node.value, within, styleOf(node));
}

function nodeAt(root: Node | null, path: Path): unknown {
  return path.reduce<unknown>((node, step) => (isMap(node) || isSeq(node) ? node.get(step, true) : undefined), root);
}

type Style = "plain" | "single" | "double" | "block";

function styleOf(node: Scalar): Style {
  if (node.type === "QUOTE_DOUBLE") return "double";
  if (node.type === "QUOTE_SINGLE") return "single";
  return node.type === "PLAIN" ? "plain" : "block";
}

/**
 * Styles differ in line breaks, indentation and escapes, never in the order of the visible characters: so the n-th visible character
 * of the text is the n-th visible one of what is written, behind the opening quote or the line of a block's `|` or `>`.
 */
function writtenOffset(written: string, text: string, within: number, style: Style): number {
  const visible = countVisible(text.slice(0, within));
  let position = bodyStart(written, style);
  for (let seen = 0; position < written.length; position++) {
    if (isEscape(written, position, style)) position++;
    if (isBlank(written[position])) continue;
    if (seen === visible) return position;
    seen++;
  }
  return written.trimEnd().length - (style === "single" || style === "double" ? 1 : 0);
}

function bodyStart(written: string, style: Style): number {
  if (style === "plain") return 0;
  return style === "block" ? written.indexOf("\n") + 1 : 1;
}

function isEscape(written: string, position: number, style: Style): boolean {
  if (style === "double") return written[position] === "\\";
  return style === "single" && written[position] === "'" && written[position + 1] === "'";
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || character.trim() === "";
}

function countVisible(text: string): number {
  let visible = 0;
  for (let index = 0; index < text.length; index++) if (!isBlank(text[index])) visible++;
  return visible;
}
