// The one style sheet: light and dark by the reader's preference, for a wide screen, a phone and paper.

/// Colours after Okabe and Ito (2008), which people of every colour vision tell apart.
enum PageStyle {
    static let css: StaticString = """
        :root{color-scheme:light dark;--page:#fdfdfc;--card:#fff;--ink:#1c1e21;--soft:#5c6370;--line:#e3e5e8;\
        --grid:#eceef0;--blue:#0072b2;--orange:#c4500b;--green:#00795a;--heat:0,114,178;--track:#eef1f3}
        @media (prefers-color-scheme:dark){:root{--page:#15171a;--card:#1c1f23;--ink:#e8eaed;--soft:#a0a7b1;\
        --line:#30353b;--grid:#282c31;--blue:#56b4e9;--orange:#f0a04b;--green:#4fc3a1;--heat:86,180,233;--track:#2a2f35}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
        "Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
        h2{font-size:1.05rem;margin:2.75rem 0 .35rem;font-weight:650}
        p{margin:.25rem 0 .75rem}
        .soft,figcaption,.note{color:var(--soft)}
        .soft+.soft{margin-top:-.6rem;font-size:.9rem}
        .note{font-size:.9rem;max-width:52rem}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.5rem 0 0;padding:0}
        .figures div{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem}
        .figures dt{color:var(--soft);font-size:.85rem}
        .figures dd{margin:0;overflow-wrap:anywhere;font-size:1.45rem;font-weight:600;letter-spacing:-.01em}
        .figures .first dd{color:var(--blue)}
        .figures dd.what,.figures .first dd.what{font-size:.78rem;line-height:1.35;font-weight:400;letter-spacing:0;\
        color:var(--soft);margin-top:.15rem}
        .state{border-left:.25rem solid var(--orange);background:var(--card);padding:.5rem .8rem;margin:1rem 0 0}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1.25rem;margin-top:1rem}
        figure{margin:0;min-width:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.9rem .9rem .6rem}
        figcaption{font-size:.9rem;margin-bottom:.35rem}
        figcaption b{color:var(--ink);font-weight:600}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;fill:var(--soft)}
        svg .small{font-size:10px}
        .key{display:flex;flex-wrap:wrap;gap:0 1.1rem;font-size:.85rem;font-weight:600;margin-bottom:.3rem}
        .key span{overflow-wrap:anywhere}
        .key svg{display:inline-block;width:auto;height:.62rem;margin-right:.4rem}
        .ka{color:var(--blue)}.kb{color:var(--orange)}.kc{color:var(--green)}
        .grid{stroke:var(--grid)}.axis{stroke:var(--line)}
        .a{stroke:var(--blue);fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .b{stroke:var(--orange);fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;stroke-dasharray:7 4}
        .c{stroke:var(--green);fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;stroke-dasharray:2 4}
        .faint{stroke:var(--blue);fill:none;stroke-width:1;opacity:.3}
        .error{stroke:var(--soft)}
        .guide{stroke:var(--soft);stroke-dasharray:3 4;fill:none}
        .fa{fill:var(--blue)}.fb{fill:var(--orange)}.fc{fill:var(--green)}
        .ring{fill:var(--card);stroke:var(--blue);stroke-width:2}
        .scroll{overflow-x:auto;margin-top:.75rem}
        table{border-collapse:collapse;font-size:.92rem}
        th{font-weight:600;text-align:right;color:var(--soft);font-size:.85rem}
        th,td{padding:.35rem .65rem;text-align:right;vertical-align:top}
        th:first-child,td:first-child{text-align:left;padding-left:0}
        .rows{width:100%}.rows td:not(.label):not(.said):not(.tag){white-space:nowrap}
        .rows tr+tr td,.rows tbody tr:first-child td{border-top:1px solid var(--line)}
        .recipe{width:auto}.recipe td.label{text-align:left}
        .label{overflow-wrap:anywhere;min-width:7rem}
        .bar{width:22%;min-width:4.5rem}
        .bar i{display:block;height:.55rem;border-radius:.3rem;background:var(--track);margin-top:.42rem;overflow:hidden}
        .bar b{display:block;height:100%;background:var(--blue);border-radius:.3rem}
        .matrix th{max-width:8rem;overflow-wrap:anywhere;vertical-align:bottom;font-weight:500}
        .matrix tbody th{text-align:right;padding-right:.8rem;vertical-align:middle}
        .matrix td{text-align:center;min-width:3.2rem;padding:.55rem .4rem;border:2px solid transparent;border-radius:.5rem;\
        background-clip:padding-box}
        .matrix .full{color:#fff}
        @media (prefers-color-scheme:dark){.matrix .strong{color:#0b1116}}
        .matrix .axis{font-weight:400;text-align:center;padding-bottom:.1rem}.matrix th.axis:first-child{text-align:right;\
        padding-right:.8rem}
        code{font:.92em ui-monospace,SFMono-Regular,Menlo,"Liberation Mono",monospace;overflow-wrap:anywhere}
        .matrix .none{color:var(--soft);opacity:.6}
        .right{font-weight:650}
        .wrong td{text-align:left}.wrong th{text-align:left}
        .wrong td.score{text-align:right;white-space:nowrap}
        .wrong .said{min-width:15rem;white-space:pre-wrap;overflow-wrap:anywhere}
        .wrong .said small{color:var(--soft);display:block}
        .tag{overflow-wrap:anywhere;min-width:5.5rem}
        .tag.t{color:var(--green)}.tag.p{color:var(--orange)}
        footer{margin-top:3rem;color:var(--soft);font-size:.85rem}
        @media (max-width:40rem){main{padding:1.5rem .9rem 3rem}h1{font-size:1.35rem}
        .bar{width:14%;min-width:2.75rem}
        .wrong thead{display:none}.wrong tr{display:block;border-top:1px solid var(--line);padding:.6rem 0}
        .rows.wrong tr td{display:inline-block;border:0!important;padding:0 .9rem 0 0}
        .tag.t::before{content:"is ";color:var(--soft)}.tag.p::before{content:"said ";color:var(--soft)}
        .wrong .said{display:block!important;padding-bottom:.25rem!important}.tag{min-width:0}}
        @media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--grid:#e5e5e5;--blue:#0072b2;\
        --orange:#c4500b;--green:#00795a;--heat:0,114,178;--track:#eee}
        body{font-size:10.5pt}main{max-width:none;padding:0}.matrix .strong{color:#000}.matrix .full{color:#fff}
        .scroll{overflow:visible}.rows{font-size:8.5pt}.rows th,.rows td{padding:.25rem .4rem}.rows .label{min-width:0}
        figure,tr,.figures div{break-inside:avoid}h2{break-after:avoid}
        *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
        """
}
