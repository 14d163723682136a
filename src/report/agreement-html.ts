/** Prints the agreement as one HTML page in the look of the report, with nothing from the network and no script. */
import { createHash } from "node:crypto";
import type { AgreementPage, AgreementSection, Block, Phrase } from "../core/report/agreement-shape.ts";
import { html, Markup } from "./html-markup.ts";
import { table, textColumn } from "./html-table.ts";
import { PAGE_STYLE } from "./page-style.ts";

const STYLE = `${PAGE_STYLE}section ul{margin:.3rem 0 1rem;padding-left:1.3rem}section p{max-width:50rem;margin:.4rem 0}td code{display:block;white-space:pre-wrap;min-width:min(18rem,60vw);overflow-wrap:break-word}@media (max-width:44rem){.stacked-rows,.stacked-rows tbody,.stacked-rows tr,.stacked-rows caption{display:block}.stacked-rows thead{display:none}.stacked-rows tr{border-bottom:1px solid var(--line);padding:.5rem 0}.stacked-rows th[scope=row]{display:block;font-weight:650;max-width:none;border:0;padding:0 .15rem .15rem}.stacked-rows td{display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.6rem;border:0;padding:.1rem .15rem;text-align:left;white-space:normal}.stacked-rows td::before{content:attr(data-head);color:var(--quiet)}.stacked-rows td:empty{display:none}td code{min-width:0}}.kept{color:var(--won)}.missed{color:var(--lost);font-weight:650}\n`;

/** Same page, same bytes. Its own policy forbids every request, every script, and every style but its own. */
export function agreementHtml(page: AgreementPage): string {
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  const { title, lead, sections } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header class="top">
<h1>${title}</h1>
<p class="window">${lead}</p>
</header>
<nav class="contents" aria-label="Sections"><ul>${sections.map((section, index) => html`<li><a href="#s${index}">${section.title}</a></li>`)}</ul></nav>
<main>
${sections.map(sectionMarkup)}
</main>
<footer><p>Made from the files in config/ by leadloop agreement. Whoever wants another rule changes it there.</p></footer>
</body>
</html>
`.text;
}

function sectionMarkup({ title, blocks }: AgreementSection, index: number): Markup {
  return html`<section id="s${index}"><h2>${title}</h2>${blocks.map(blockMarkup)}</section>`;
}

function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case "text":
      return html`<p>${block.phrases.map((phrase, index) => html`${index === 0 ? "" : " "}${phraseMarkup(phrase)}`)}</p>`;
    case "list":
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case "table":
      return table({
        caption: block.caption,
        rows: block.rows,
        stacks: true,
        columns: block.head.map((heading, column) => ({
          ...textColumn<readonly Phrase[]>(heading, (row) => phraseMarkup(row[column] ?? "")),
          figure: block.right.includes(column),
        })),
      });
  }
}

const VERDICTS: ReadonlySet<string> = new Set(["kept", "missed"]);

function phraseMarkup(phrase: Phrase): Markup {
  if (typeof phrase !== "string") return html`<code>${phrase.code}</code>`;
  return VERDICTS.has(phrase) ? html`<b class="${phrase}">${phrase}</b>` : html`${phrase}`;
}
