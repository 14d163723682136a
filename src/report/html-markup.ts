/** HTML by template: everything put into it is escaped, unless it is markup made the same way. */

/** Text that is safe to stand in a page as it is. Made only by `html`. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupPart = Markup | string | number | readonly Markup[];

/** A piece of a page. Strings and numbers are escaped for text and for attributes in double quotes. */
export function html(pieces: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(pieces.reduce((text, piece, index) => text + rendered(parts[index - 1] ?? "") + piece));
}

/** Text in a narrow place: an e-mail address breaks behind its @, and a path behind a slash, before either breaks anywhere else. */
export function breakable(text: string): Markup {
  return html`${text.split(/(?<=[@/])(?=.)/u).map((part, index) => html`${index === 0 ? html`` : html`<wbr>`}${part}`)}`;
}

function rendered(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map((markup) => markup.text).join("");
  return escapeText(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
