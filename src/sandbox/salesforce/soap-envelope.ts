/** Reads the small XML of SOAP requests and writes that of the answers. */

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly text: string;
  readonly isNil: boolean;
  /** `xsi:type`, without prefix. */
  readonly type: string | undefined;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly name: string;
  readonly isNil: boolean;
  readonly type: string | undefined;
  readonly children: XmlElement[];
  text: string;
}

const token = /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([^>\s]+)\s*>|<([^>\s/]+)([^>]*?)(\/?)>|([^<]+)/g;

/** The document's root element; undefined when the text is not well-formed XML. */
export function parseXml(text: string): XmlElement | undefined {
  const document = opened("", "");
  const stack = [document];
  for (const [, closing, opening, attributes = "", selfClosing, content] of text.matchAll(token)) {
    const current = stack.at(-1) ?? document;
    if (content !== undefined) current.text += unescapeXml(content);
    if (closing !== undefined && stack.pop()?.name !== localName(closing)) return undefined;
    if (opening === undefined) continue;
    const element = opened(localName(opening), attributes);
    current.children.push(element);
    if (selfClosing !== "/") stack.push(element);
  }
  return stack.length === 1 ? document.children[0] : undefined;
}

function opened(name: string, attributes: string): OpenElement {
  const type = /\bxsi:type\s*=\s*"([^"]*)"/.exec(attributes)?.[1];
  const isNil = /\bxsi:nil\s*=\s*"true"/.test(attributes);
  return { name, isNil, type: type === undefined ? undefined : localName(type), children: [], text: "" };
}

/** The first element of that name below, at any depth. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) {
    if (child.name === name) return child;
    const found = findElement(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function childText(element: XmlElement, name: string): string | undefined {
  const child = element.children.find((candidate) => candidate.name === name);
  return child === undefined || child.isNil || child.text === "" ? undefined : child.text;
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name] ?? whole;
    const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return String.fromCodePoint(code);
  });
}
