/** The look of the report page: one column of cards, light or dark as the reader's system says, printable. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--page:#f6f6f3;--card:#fff;--ink:#14161a;--quiet:#5b6068;--line:#e3e3de;--accent:#2a78d6;--soft:#a9c9ef;--track:#efefea;--won:#1b8a5a;--lost:#c8553d}
@media (prefers-color-scheme:dark){:root{--page:#131416;--card:#1c1e21;--ink:#f2f2ef;--quiet:#a3a8b0;--line:#33363b;--accent:#5b9ff0;--soft:#2f5079;--track:#26292d;--won:#3fb581;--lost:#e5795f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:1}
header,main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:clamp(1.6rem,4vw,2.25rem);line-height:1.15;margin:0;letter-spacing:-.02em}
h2{font-size:1.25rem;margin:0 0 .25rem;letter-spacing:-.01em}
.window{color:var(--quiet);margin:.5rem 0 1rem}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.9rem;margin-bottom:1.25rem}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.75rem;margin:0 0 1.25rem;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.85rem 1rem}
.tiles span{display:block;color:var(--quiet);font-size:.85rem}
.tiles b{display:block;font-size:1.5rem;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.tiles small{color:var(--quiet)}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;margin-bottom:1.25rem;break-inside:avoid-page}
.note,.none{color:var(--quiet);font-size:.9rem;margin:.1rem 0 .9rem;max-width:60rem}
small{font-size:.85rem;color:var(--quiet);font-weight:400}
.chart{list-style:none;margin:.5rem 0 1.25rem;padding:0}
.chart li{display:grid;grid-template-columns:minmax(7rem,13rem) minmax(6rem,1fr) minmax(10.5rem,14rem);gap:1rem;align-items:center;padding:.2rem 0}
.chart .label{overflow-wrap:anywhere}
.chart .value{font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}
.bar{display:block;width:100%;height:1.5rem;overflow:visible}
.tall{height:2.25rem}.stacked{height:1.75rem;border-radius:.35rem;overflow:hidden;margin:.75rem 0}
.ticks{height:1rem}.ticks text{fill:var(--quiet);font-size:12px}
.accent{fill:var(--accent)}.soft{fill:var(--soft)}.won{fill:var(--won)}.lost{fill:var(--lost)}.track{fill:var(--track)}
.rule{stroke:var(--line);stroke-width:1}.whisker{stroke:var(--soft);stroke-width:6;stroke-linecap:round}.dot{fill:var(--accent);stroke:var(--card);stroke-width:2}
.legend{display:flex;flex-wrap:wrap;gap:.4rem 1.5rem;list-style:none;margin:0 0 1rem;padding:0}
.key{width:.85rem;height:.85rem;margin-right:.4rem;vertical-align:-1px}
.scroll{overflow-x:auto;margin:0 0 .75rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--quiet);font-size:.85rem;padding:.25rem 0}
th,td{padding:.4rem .65rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th:first-child{padding-left:0}
thead th{color:var(--quiet);font-weight:500;border-bottom-color:var(--quiet);vertical-align:bottom}
tbody th{font-weight:500;overflow-wrap:break-word;min-width:7rem;max-width:18rem}
tfoot th,tfoot td{font-weight:650;border-bottom:0}
.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .figure{white-space:normal}
details{border-top:1px solid var(--line);margin-top:.5rem;padding-top:.6rem}
summary{cursor:pointer;color:var(--accent);font-size:.9rem}
.ids{margin:0;font-size:.8rem}.ids div{padding:.35rem 0;border-top:1px solid var(--line)}.ids dt{font-weight:500;overflow-wrap:anywhere}.ids dd{margin:0;color:var(--quiet)}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
footer{color:var(--quiet);font-size:.85rem;padding-bottom:3rem}
@media (max-width:40rem){header,main,footer{padding-left:.75rem;padding-right:.75rem}section{padding:1rem}.tiles{grid-template-columns:repeat(2,1fr)}.tiles b{font-size:1.3rem}.chart li{grid-template-columns:1fr auto;gap:0 .75rem}.chart .bar{grid-column:1/-1;grid-row:2}.chart .value{font-size:.9rem;text-align:right}.chart .axis span{display:none}th,td{padding:.35rem .5rem}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#ccc;--accent:#1f5fae;--soft:#a9c9ef;--track:#eee;--won:#1b8a5a;--lost:#c8553d}body{font-size:11pt}header,main,footer{max-width:none;padding:0}nav,.skip,details{display:none}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:1rem 0}.scroll{overflow:visible}table{font-size:8.5pt}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
