/** A table whose rows are blocks: in each the cells side by side, every one under its heading. */
function stacked(name: string): string {
  const rules = [
    ["", "display:block"],
    [" tbody", "display:block"],
    [" tfoot", "display:block"],
    [" caption", "display:block"],
    [" thead", "display:none"],
    [
      " tr",
      "display:grid;grid-template-columns:repeat(auto-fill,minmax(5.4rem,1fr));gap:.15rem .5rem;border-bottom:1px solid var(--line);padding:.55rem 0",
    ],
    [" tr[hidden]", "display:none"],
    [" th[scope=row]", "grid-column:1/-1;font-weight:650;max-width:none;border:0;padding:0 .15rem"],
    [
      " td",
      "display:flex;flex-direction:column;justify-content:flex-end;border:0;padding:0 .15rem;text-align:left;white-space:normal",
    ],
    [" td:empty", "display:none"],
    [" td:has(.wide:empty)", "display:none"],
    [" td::before", "content:attr(data-head);color:var(--quiet);font-size:.75rem;line-height:1.25;white-space:normal"],
    [" td:not(.figure)", "grid-column:1/-1"],
    [" .wide", "min-width:0"],
  ];
  return rules.map(([part = "", look = ""]) => `.${name}${part}{${look}}`).join("");
}

/** The look of the report page: one column of cards, light or dark as the reader's system says, printable. */
export const PAGE_STYLE = String.raw`
:root{color-scheme:light dark;--page:#f5f5f2;--card:#fff;--ink:#15181d;--quiet:#565c65;--line:#e2e2dc;--accent:#1f6fcf;--accent-ink:#175cb0;--soft:#bcd3ec;--faint:#e4eefa;--track:#eeeee9;--won:#0b7672;--lost:#bf4a1a;--amber:#e3a838;--warn:#9a6200;--warn-soft:#fff4dc;--on-dark:#fff;--on-light:#15181d;--age1:#cfe0f3;--age2:#8db6e3;--age3:#2f6fb8;--age4:#123f78;--shadow:0 1px 2px rgba(20,24,30,.05);--edge:rgba(20,24,30,.2)}
:root{--on-won:var(--on-dark);--on-accent:var(--on-dark);--on-soft:var(--on-light);--on-lost:var(--on-dark);--on-amber:var(--on-light);--on-age1:var(--on-light);--on-age2:var(--on-light);--on-age3:var(--on-dark);--on-age4:var(--on-dark)}
@media (prefers-color-scheme:dark){:root{--page:#121315;--card:#1b1d20;--ink:#f1f1ee;--quiet:#a7acb4;--line:#33363b;--accent:#5b9ff0;--accent-ink:#82b7f6;--soft:#3a5878;--faint:#223348;--track:#27292d;--won:#4cc2b8;--lost:#f08a5d;--amber:#ecc45c;--warn:#f0b95a;--warn-soft:#33290f;--on-dark:#101316;--on-light:#f1f1ee;--on-amber:#101316;--age1:#2a4058;--age2:#3f6b9c;--age3:#74abe8;--age4:#d3e6ff;--shadow:none;--edge:rgba(0,0,0,.7)}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#ccc;--accent:#1f5fae;--accent-ink:#000;--soft:#bcd3ec;--faint:#eef3fa;--track:#eee;--won:#0b7672;--lost:#bf4a1a;--amber:#e3a838;--warn:#9a6200;--warn-soft:#fff;--on-dark:#fff;--on-light:#15181d;--on-amber:#15181d;--age1:#cfe0f3;--age2:#8db6e3;--age3:#2f6fb8;--age4:#123f78;--shadow:none}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:3.75rem}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:3}
header.top,main,footer,.contents ul{max-width:80rem;margin:0 auto;padding:0 1.5rem}
header.top{padding-top:2.75rem}
h1{font-size:clamp(1.7rem,4vw,2.4rem);line-height:1.12;margin:0;letter-spacing:-.025em}
h2{font-size:1.3rem;line-height:1.25;margin:0 0 .3rem;letter-spacing:-.012em}
h3{font-size:1rem;margin:1.6rem 0 .25rem}
.window,.trust{color:var(--quiet);margin:.6rem 0;max-width:62rem}
.trust b{color:var(--ink)}
.findings{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:.8rem;padding:1rem 1.25rem;margin:1.25rem 0;box-shadow:var(--shadow)}
.findings h2{font-size:1.05rem}.findings ol{margin:.3rem 0 0;padding-left:1.3rem}.findings li{margin:.3rem 0}
.found{outline:2px solid var(--accent);outline-offset:-2px;background:var(--faint)}
.over{margin:1.25rem 0 .5rem;color:var(--quiet);font-size:.9rem}
.badge{display:inline-block;font-size:.72rem;line-height:1.5;font-weight:650;letter-spacing:.03em;padding:0 .5rem;border-radius:1rem;border:1px solid currentColor;vertical-align:.12em;white-space:nowrap}
.badge.period{color:var(--accent-ink)}.badge.cohort{color:var(--won)}.badge.now{color:var(--warn)}
.notes{list-style:none;margin:0 0 1.25rem;padding:.75rem 1rem;background:var(--warn-soft);color:var(--ink);border-left:4px solid var(--warn);border-radius:.4rem}
.contents{position:sticky;top:0;z-index:2;background:var(--page);border-bottom:1px solid var(--line);margin-bottom:1.5rem}
.contents ul{display:flex;gap:.15rem 1.15rem;list-style:none;overflow-x:auto;font-size:.9rem;padding-top:.6rem;padding-bottom:.6rem;scrollbar-width:thin}
@media (min-width:64rem){html{scroll-padding-top:5.5rem}.contents ul{flex-wrap:wrap}}
.contents .kind{margin-left:.6rem}.contents .kind:first-child{margin-left:0}
.contents a{white-space:nowrap;color:var(--quiet)}.contents a:hover,.contents a:focus{color:var(--accent-ink)}
a{color:var(--accent-ink);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.75rem;margin:0 0 .75rem;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:.9rem 1.1rem;box-shadow:var(--shadow)}
.tiles span{display:block;color:var(--quiet);font-size:.85rem}
.tiles b{display:block;font-size:1.6rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles.of5{grid-template-columns:repeat(5,1fr)}.tiles.of3{grid-template-columns:repeat(3,1fr)}
.tiles small{display:block;color:var(--quiet);line-height:1.35}.tiles button.drill{color:inherit}.tiles button.drill:hover,.tiles button.drill:focus-visible{color:var(--accent-ink)}
.changes{list-style:none;margin:0 0 1.5rem;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.75rem}
.changes li{overflow-wrap:anywhere;background:var(--faint);border-radius:.8rem;padding:.8rem 1.1rem;font-size:.95rem}
.changes b{display:block}.changes small{display:block}
section{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1.5rem;margin-bottom:1.25rem;box-shadow:var(--shadow)}
.note,.none{color:var(--quiet);font-size:.92rem;margin:.1rem 0 .9rem;max-width:50rem}
small{font-size:.85rem;color:var(--quiet);font-weight:400}
/* Names and values take what they need, so that the drawing gets the rest, in all rows alike. */
.chart{list-style:none;margin:.75rem 0 1.25rem;padding:0;display:grid;grid-template-columns:fit-content(15rem) minmax(6rem,1fr) fit-content(17rem);gap:0 1rem}
.chart li{display:grid;grid-column:1/-1;grid-template-columns:subgrid;align-items:center;padding:.18rem 0}
.chart .label{overflow-wrap:break-word;min-width:0}
.chart .between{color:var(--quiet);font-size:.85rem;padding:0;font-variant-numeric:tabular-nums}
.chart .value{font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}
.bar{display:block;width:100%;height:1.5rem;overflow:visible}
.tall{height:1.9rem}.stacked{height:1.75rem;border-radius:.35rem;overflow:hidden;margin:.75rem 0}
.row-stack{height:1.4rem;border-radius:.3rem;overflow:hidden}
.ticks{height:1rem}.ticks text{fill:var(--quiet);font-size:12px}
.accent{fill:var(--accent)}.soft{fill:var(--soft)}.faint{fill:var(--faint)}.won{fill:var(--won)}.lost{fill:var(--lost)}.warn{fill:var(--amber)}.age1{fill:var(--age1)}.age2{fill:var(--age2)}.age3{fill:var(--age3)}.age4{fill:var(--age4)}.open-key{fill:var(--card);stroke:var(--accent);stroke-width:2}.track{fill:var(--track)}
.stacked rect,.row-stack rect{stroke:var(--card);stroke-width:1}
.stacked text,.row-stack text{font-size:12px;font-weight:600;text-anchor:middle;dominant-baseline:central;font-variant-numeric:tabular-nums}
.on-won{fill:var(--on-won)}.on-accent{fill:var(--on-accent)}.on-soft{fill:var(--on-soft)}.on-lost{fill:var(--on-lost)}.on-warn{fill:var(--on-amber)}.on-age1{fill:var(--on-age1)}.on-age2{fill:var(--on-age2)}.on-age3{fill:var(--on-age3)}.on-age4{fill:var(--on-age4)}
.rule{stroke:var(--line);stroke-width:1}.whisker{stroke:var(--soft);stroke-width:6;stroke-linecap:round}.dot{fill:var(--accent);stroke:var(--card);stroke-width:2}.hollow{fill:var(--card);stroke:var(--accent);stroke-width:2}.young{stroke-linecap:butt;stroke-dasharray:6 4}.mark{stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:4 3}
.legend{display:flex;flex-wrap:wrap;gap:.4rem 1.5rem;list-style:none;margin:0 0 1rem;padding:0}
.key{width:.85rem;height:.85rem;margin-right:.4rem;vertical-align:-1px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:0 2rem}
.callout{background:var(--faint);border-radius:.6rem;padding:.8rem 1rem;margin:.5rem 0 1rem;max-width:50rem}
/* A shadow at the edge where a wide table goes on; it leaves with the last column. */
.scroll{overflow-x:auto;margin:0 0 1rem;scrollbar-width:thin;background:linear-gradient(to right,var(--card) 30%,transparent) 0 0/2.5rem 100% no-repeat local,linear-gradient(to left,var(--card) 30%,transparent) 100% 0/2.5rem 100% no-repeat local,linear-gradient(to right,var(--edge),transparent) 0 0/.8rem 100% no-repeat scroll,linear-gradient(to left,var(--edge),transparent) 100% 0/.8rem 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--quiet);font-size:.85rem;padding:.25rem 0}
th,td{padding:.42rem .55rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th:first-child{padding-left:.15rem}
thead th{color:var(--quiet);font-weight:500;border-bottom-color:var(--quiet);vertical-align:bottom}
tbody th{font-weight:500;overflow-wrap:break-word;min-width:8rem;max-width:18rem}
tbody tr:hover{background:var(--faint)}
tfoot th,tfoot td{font-weight:650;border-bottom:0}
.matrix{width:auto}.matrix .figure{min-width:4.5rem}
.shade1{background:color-mix(in srgb,var(--accent) 8%,transparent)}.shade2{background:color-mix(in srgb,var(--accent) 16%,transparent)}.shade3{background:color-mix(in srgb,var(--accent) 24%,transparent)}.shade4{background:color-mix(in srgb,var(--accent) 32%,transparent)}
/* Text that would else be one word wide in a table that scrolls. */
.wide{display:inline-block;min-width:16rem}
.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .figure{white-space:normal}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
button.sort{font-weight:inherit}button.sort::after{content:"\00a0\2195";opacity:.35;font-size:.8em}
th[aria-sort=ascending] button.sort::after{content:"\00a0\2191";opacity:1}th[aria-sort=descending] button.sort::after{content:"\00a0\2193";opacity:1}
button.drill{color:var(--accent-ink);font-variant-numeric:tabular-nums}button.drill:hover{text-decoration:underline}
.filter{display:flex;gap:.75rem;align-items:center;margin:.5rem 0 .25rem;font-size:.9rem}
input[type=search]{font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:.45rem;padding:.3rem .6rem;min-width:13rem}
.matches{color:var(--quiet)}
details{border-top:1px solid var(--line);margin:.5rem 0 1rem;padding-top:.6rem}
summary{cursor:pointer;color:var(--accent-ink);font-size:.92rem}
details[open] summary{margin-bottom:.5rem}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
dialog{width:min(46rem,calc(100vw - 2rem));max-height:min(44rem,calc(100vh - 3rem));border:1px solid var(--line);border-radius:.9rem;background:var(--card);color:var(--ink);padding:1.25rem 1.5rem}
dialog::backdrop{background:rgba(10,12,15,.5)}
dialog header{display:flex;justify-content:space-between;gap:1rem;align-items:start;padding:0}
.close{font-size:1.6rem;line-height:1;padding:.1rem .5rem;color:var(--quiet)}
.people{list-style:none;margin:.5rem 0;padding:0;font-size:.92rem}
.people li{display:flex;flex-wrap:wrap;gap:.1rem .9rem;padding:.45rem 0;border-top:1px solid var(--line);align-items:baseline}
.people b{font-weight:550;overflow-wrap:anywhere}.people code,.people span{color:var(--quiet)}
button.more{color:var(--accent-ink);padding:.4rem 0}
[hidden]{display:none!important}
footer{color:var(--quiet);font-size:.88rem;padding-bottom:3rem}
@media (max-width:60rem){.tiles li{padding:.7rem .8rem}.tiles b{font-size:1.25rem}${stacked("stacked-soon")}}
@media (max-width:44rem){header.top,main,footer,.contents ul{padding-left:.9rem;padding-right:.9rem}header.top{padding-top:1.5rem}section{padding:1.1rem .9rem}.tiles,.tiles.of5,.tiles.of3{grid-template-columns:repeat(2,1fr);gap:.5rem}.tiles li:last-child:nth-child(odd){grid-column:1/-1}.chart{display:block}.chart li{grid-template-columns:minmax(min-content,auto) minmax(min-content,auto);justify-content:space-between;gap:0 .75rem;padding:.3rem 0}.chart .label{min-width:auto;max-width:60vw}.chart .between{display:block;padding:0}button.sort::after{content:""}.chart .bar{grid-column:1/-1;grid-row:2}.chart .value{font-size:.9rem;text-align:right;white-space:normal}.chart .axis span{display:none}th,td{padding:.4rem .4rem}tbody th{min-width:6rem;max-width:11rem}${stacked("stacked-cells")}}
@media print{body{font-size:10.5pt}header.top,main,footer{max-width:none;padding:0}.contents,.skip,.filter,dialog{display:none}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:1rem 0}h2,h3,caption{break-after:avoid}.chart li,tr,thead{break-inside:avoid}thead{break-after:avoid}tfoot{display:table-row-group}button{display:contents}.scroll{overflow:visible;background:none}table{font-size:8.5pt}th,td{padding:.25rem .35rem}button.sort::after{content:""}.wide{min-width:0}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
