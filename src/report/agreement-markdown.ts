/** Prints the agreement as Markdown that shows every text as it was written, whatever is in it. */
import type { AgreementPage, Block, Phrase } from "../core/report/agreement-shape.ts";

/** GitHub's Markdown (https://github.github.com/gfm), which others read too. */
export function agreementMarkdown({ title, lead, sections }: AgreementPage): string {
  const body = sections.flatMap((section) => [`## ${escaped(section.title)}`, ...section.blocks.map(blockText)]);
  return `${[`# ${escaped(title)}`, escaped(lead), ...body].join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "text":
      return block.phrases.map(cellText).join(" ");
    case "list":
      return block.items.map((item) => `- ${escaped(item)}`).join("\n");
    case "table":
      return tableText(block);
  }
}

function tableText({ caption, head, rows, right }: Extract<Block, { kind: "table" }>): string {
  if (rows.length === 0) return `${escaped(caption)}: none.`;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (right.includes(column) ? "--:" : "---"));
  return [
    `**${escaped(caption)}**`,
    "",
    line(head.map(escaped)),
    line(rule),
    ...rows.map((cells) => line(cells.map(cellText))),
  ].join("\n");
}

function cellText(phrase: Phrase): string {
  return typeof phrase === "string" ? escaped(phrase) : codeText(phrase.code);
}

/** Every character that Markdown may take for something else; a line break would end the row, the list or the paragraph. */
function escaped(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*[\]|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("://", "\\://")
    .replaceAll(/www\./gi, (word) => `${word.slice(0, -1)}\\.`)
    .replace(/^[#+\-=](?!\d)/, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}

function codeText(code: string): string {
  const text = oneLine(code).replaceAll("|", "\\|");
  if (text === "") return "";
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(/\s+/g, " ").trim();
}
