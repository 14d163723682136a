/** What the report page does by itself: sorts and filters its tables, and shows the records behind a number. Plain script of the browser, no network, no library. */

/**
 * Reads the records from the element `records`: people once, and for each cell their places, each as the distance from the one before (see page-records.ts).
 * Texts go into the page as text only, never as markup.
 */
export const PAGE_SCRIPT = `(() => {
"use strict";
const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const holder = document.getElementById("records");
const records = holder === null ? null : JSON.parse(holder.textContent);
const own = (object, key) => (object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined);
const placesOf = (table, row, column) => {
  const text = records === null ? undefined : own(own(own(records.cells, table), row), column);
  if (text === undefined) return null;
  let place = 0;
  return text.match(/-[^-]+-|[^-]/g).map((sign) => (place += sign.length > 1 ? parseInt(sign.slice(1, -1), 36) : SIGNS.indexOf(sign)));
};

const valueOf = (cell) => {
  const text = cell.textContent.trim();
  const number = Number.parseFloat(text.replaceAll(",", "").replace("\\u2212", "-"));
  return cell.classList.contains("figure") ? (Number.isNaN(number) ? Number.NEGATIVE_INFINITY : number) : text.toLowerCase();
};
const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en"));

const sortBy = (table, index) => {
  const heads = [...table.tHead.rows[0].cells];
  const head = heads[index];
  const isFigure = head.classList.contains("figure");
  const down = head.getAttribute("aria-sort") === null ? isFigure : head.getAttribute("aria-sort") === "ascending";
  for (const other of heads) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: valueOf(row.cells[index]) }));
  rows.sort((a, b) => (down ? compare(b.value, a.value) : compare(a.value, b.value)));
  body.append(...rows.map(({ row }) => row));
};

const filterBox = (table, caption) => {
  const count = make("span", { class: "matches", "aria-live": "polite" });
  const input = make("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter " + caption });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
      if (!row.hidden) shown += 1;
    }
    count.textContent = wanted === "" ? "" : shown + " of " + table.tBodies[0].rows.length + " rows";
  });
  return make("div", { class: "filter" }, input, count);
};

const dialog = document.getElementById("drill");
const SHOWN = 100;
const link = (href, text) => make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
const recordLine = ([id, name = "", hubspotId = "", object = "", salesforceId = ""]) => {
  const line = make("li", {}, make("b", {}, name === "" ? id : name));
  if (name !== "") line.append(make("code", {}, id));
  const { hubspot, salesforce } = records.places;
  if (hubspotId !== "") line.append(hubspot === "" ? make("span", {}, "HubSpot " + hubspotId) : link(hubspot + encodeURIComponent(hubspotId), "HubSpot"));
  const salesId = salesforceId !== "" ? salesforceId : /^006[A-Za-z0-9]{12,15}$/.test(id) ? id : "";
  const kind = object !== "" ? object : "Opportunity";
  if (salesId !== "") line.append(salesforce === "" ? make("span", {}, "Salesforce " + salesId) : link(salesforce + "lightning/r/" + kind + "/" + encodeURIComponent(salesId) + "/view", "Salesforce"));
  return line;
};
const show = (address, title, places) => {
  const list = make("ol", { class: "people" });
  const more = make("button", { type: "button", class: "more" });
  let shown = 0;
  const grow = () => {
    const next = places.slice(shown, shown + SHOWN);
    list.append(...next.map((place) => recordLine(records.people[place])));
    shown += next.length;
    more.hidden = shown >= places.length;
    more.textContent = "Show " + Math.min(SHOWN, places.length - shown) + " more of " + (places.length - shown);
  };
  more.addEventListener("click", grow);
  grow();
  const close = make("button", { type: "button", class: "close", "aria-label": "Close" }, "\\u00d7");
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(
    make("header", {}, make("h2", { id: "drill-title" }, title), close),
    make("p", { class: "note" }, places.length + (places.length === 1 ? " record. " : " records. ") + "On the command line: ", make("code", {}, "leadloop report --show \\"" + address + "\\"")),
    list,
    more,
  );
  dialog.showModal();
};
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

const drillInto = (holder, table, row, column, title) => {
  const places = placesOf(table, row, column);
  if (places === null) return;
  const button = make("button", { type: "button", class: "drill", "aria-haspopup": "dialog" }, ...holder.childNodes);
  button.addEventListener("click", () => show([table, row, column].join("/"), title, places));
  holder.append(button);
};
const cellOf = new Map();
for (const table of document.querySelectorAll("table")) {
  const caption = table.caption === null ? "" : table.caption.textContent;
  const heads = [...table.tHead.rows[0].cells];
  const words = heads.map((head) => head.textContent.trim());
  if (table.tBodies[0].rows.length > 1) {
    heads.forEach((head, index) => {
      const button = make("button", { type: "button", class: "sort" }, ...head.childNodes);
      button.addEventListener("click", () => sortBy(table, index));
      head.append(button);
    });
  }
  if (table.tBodies[0].rows.length > 10) table.parentElement.before(filterBox(table, caption));
  // On a phone the cells of a wide table stand under their row's name, each with its heading.
  if (heads.length > 3) {
    table.classList.add("stacked-cells", ...(heads.length > 6 ? ["stacked-soon"] : []));
    for (const row of table.querySelectorAll("tbody tr, tfoot tr")) [...row.cells].forEach((cell, index) => (cell.dataset.head = words[index]));
  }
  const name = table.dataset.table;
  if (name === undefined) continue;
  const columns = heads.map((head) => head.dataset.column);
  for (const row of table.querySelectorAll("tr[data-row]")) {
    [...row.cells].forEach((cell, index) => {
      if (columns[index] === undefined) return;
      const [ownTable, ownRow] = [cell.dataset.table ?? row.dataset.table ?? name, cell.dataset.row ?? row.dataset.row];
      cellOf.set([ownTable, ownRow, columns[index]].join("/"), cell);
      drillInto(cell, ownTable, ownRow, columns[index], row.cells[0].textContent.trim() + ", " + words[index]);
    });
  }
}
for (const number of document.querySelectorAll(".note [data-column]")) {
  const { table, row, column, label } = number.dataset;
  drillInto(number, table, row, column, label);
}
for (const value of document.querySelectorAll(".chart [data-column], .tiles [data-column]")) {
  const { table, row, column } = value.dataset;
  const label = value.closest("li").querySelector(".label").textContent.trim();
  drillInto(value, table, row, column, value.closest(".tiles") === null ? label + ", " + column : label);
}

// A finding leads to its number, which is unfolded where it has to be.
for (const finding of document.querySelectorAll(".findings a")) {
  finding.addEventListener("click", (event) => {
    const { table, row, column } = finding.dataset;
    const cell = cellOf.get([table, row, column].join("/"));
    if (cell === undefined) return;
    event.preventDefault();
    for (let around = cell; around !== null; around = around.parentElement) if (around.tagName === "DETAILS") around.open = true;
    for (const found of document.querySelectorAll(".found")) found.classList.remove("found");
    cell.classList.add("found");
    cell.scrollIntoView({ block: "center" });
    const button = cell.querySelector("button");
    if (button !== null) button.focus({ preventScroll: true });
  });
}

// What is folded away is printed too.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
document.documentElement.classList.add("scripted");
})();
`;
