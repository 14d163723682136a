/** What a section of the report page is, which of three kinds of figures it shows, and the list of sections at the top. */
import { html, type Markup, type MarkupPart } from "./html-markup.ts";

/** `period`: what happened between two dates. `cohort`: what became of those who came between them. `now`: how everyone stands. */
export type SectionKind = "period" | "cohort" | "now";

export interface PageSection {
  readonly id: string;
  /** A word for the list of sections. */
  readonly label: string;
  readonly title: string;
  readonly kind: SectionKind;
  /** What must be known before the figures are read; "" where the title says it. */
  readonly note: MarkupPart;
  readonly body: Markup;
}

/** In the order of the page: the three are never mixed. */
const KINDS: readonly SectionKind[] = ["period", "cohort", "now"];
const WORDS: Readonly<Record<SectionKind, string>> = { period: "Period", cohort: "Cohort", now: "Now" };

export function badge(kind: SectionKind): Markup {
  return html`<span class="badge ${kind}">${WORDS[kind]}</span>`;
}

/** Sections of one kind side by side, otherwise in the order given. */
export function inOrder(sections: readonly PageSection[]): readonly PageSection[] {
  return KINDS.flatMap((kind) => sections.filter((section) => section.kind === kind));
}

export function sectionMarkup({ id, title, kind, note, body }: PageSection): Markup {
  const before = note === "" ? html`` : html`<p class="note">${note}</p>`;
  return html`<section id="${id}"><h2>${title} ${badge(kind)}</h2>${before}${body}</section>`;
}

/** Links to all sections, by kind. */
export function contents(sections: readonly PageSection[]): Markup {
  const kinds = KINDS.map((kind) => {
    const links = sections
      .filter((section) => section.kind === kind)
      .map(({ id, label }) => html`<li><a href="#${id}">${label}</a></li>`);
    return links.length === 0 ? html`` : html`<li class="kind">${badge(kind)}</li>${links}`;
  });
  return html`<nav class="contents" aria-label="Sections"><ul>${kinds}</ul></nav>`;
}
