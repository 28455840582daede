"""The style sheet of the HTML report. Engines are told apart by colour and by the order of their legend."""

ENGINE_STYLES = 6
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #667080; --paper: #ffffff; --card: #f5f6f8; --rule:
  #dde1e6;
  --e0: #1f6feb; --e1: #d9730d; --e2: #2a9d5c; --e3: #a33bc2; --e4: #c2344e; --e5: #0f8f9c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --faint: #98a2b3; --paper: #15181d; --card: #1d2229;
  --rule: #323943; --e0: #5b9dff; --e1: #f0a04b; --e2: #5ccf8f; --e3: #cf85e6; --e4: #f0728a; --e5: #4fc7d3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 32px 24px 64px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 44px 0 8px; } h3 { font-size: 16px; margin:
  0 0 8px; }
p { margin: 6px 0; } .faint { color: var(--faint); } code { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre { background: var(--card); padding: 10px 14px; border-radius: 8px; overflow-x: auto; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: 10px 0 18px; font-variant-numeric:
  tabular-nums; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { font-weight: 600; color: var(--faint); } th:first-child, td:first-child { text-align: left; padding-left: 0; }
tr.total td { font-weight: 600; border-top: 2px solid var(--rule); } ul.notes { color: var(--faint); padding-left:
  20px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(460px, 100%), 1fr)); gap: 18px; }
.card { background: var(--card); border-radius: 10px; padding: 14px 16px; } .card p { font-size: 13px; }
.plot { width: 100%; height: auto; display: block; } .plot text { font-size: 10px; fill: var(--faint); }
.plot .name { font-style: italic; } .grid { stroke: var(--rule); stroke-width: 1; } .mark { stroke: var(--faint);
  stroke-width: 1; stroke-dasharray: 2 3; } polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.thin { stroke-width: 1; opacity: .45; } .dotted { stroke-width: 1.2; stroke-dasharray: 1 3; stroke-linecap: round; }
circle { opacity: .45; } .bar { width: 100px; height: 12px; vertical-align: middle; }
.better { fill: var(--e2); } .worse { fill: var(--e4); } .pictures { display: flex; gap: 10px; flex-wrap: wrap; }
figure { margin: 10px 0 0; flex: 1 1 200px; } figure img { width: 100%; border-radius: 6px; display: block; }
figcaption { font-size: 12px; color: var(--faint); } .legend > span { margin-right: 16px; white-space: nowrap; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align:
  -1px; }
""" + "".join(
    f".e{i} {{ stroke: var(--e{i}); }} circle.e{i} {{ fill: var(--e{i}); stroke: none; }} "
    f".swatch.e{i} {{ background: var(--e{i}); }}\n"
    for i in range(ENGINE_STYLES)
)
