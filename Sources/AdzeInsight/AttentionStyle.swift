// What a page of attention adds to the style sheet. Not here: the sheet that all pages share.

/// Styles of texts on colours, and of the grid of heads.
enum AttentionStyle {
    static let css: StaticString = """
        .heat{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.2rem 1rem .7rem;font-size:1.08rem;\
        line-height:2.3;overflow-wrap:anywhere;white-space:pre-wrap;position:relative}
        .t{border-radius:.25rem;padding:.12rem 0}
        .h1,.h2,.h3,.h4,.c1,.c2,.c3,.c4{color:#000}
        .h1{background:#ff2d00}.h2{background:#fc5430}.h3{background:#fe7d61}.h4{background:#fda895}
        .c1{background:#2d7bff}.c2{background:#5490fc}.c3{background:#7da9fe}.c4{background:#a8c5fd}
        .heat .s:not([class*=h]):not([class*=c]){color:var(--soft)}
        .heat [data-i]{cursor:pointer}
        .heat [data-i]:focus-visible{outline:2px solid var(--blue);outline-offset:1px}
        .heat .q{box-shadow:0 0 0 2px var(--blue)}
        .heat svg{position:absolute;left:0;top:0;width:100%;height:100%;pointer-events:none;overflow:hidden}
        .heat svg path{fill:none;stroke:var(--blue);stroke-linecap:round}
        .levels{font-size:.85rem;margin:.6rem 0 0}.levels .t{padding:.1rem .45rem;white-space:nowrap;display:inline-block;margin:.1rem 0}
        .controls{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.75rem 0;font-size:.92rem}
        .controls select,.controls button{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);\
        border-radius:.4rem;padding:.25rem .5rem}
        #status{font-size:.9rem;color:var(--soft);min-height:1.5em;margin:.6rem 0 0}
        .heads td{padding:2px;text-align:center}.heads th{font-weight:500;padding:2px 6px}
        .heads button{display:block;padding:2px;border:1px solid var(--line);border-radius:.3rem;background:var(--card);\
        cursor:pointer;line-height:0}
        .heads button[aria-pressed=true]{border-color:var(--blue);box-shadow:0 0 0 2px var(--blue)}
        .heads button:focus-visible{outline:2px solid var(--ink);outline-offset:1px}
        .heads canvas{width:2.4rem;height:2.4rem;image-rendering:pixelated}
        h3{font-size:.95rem;margin:1.5rem 0 .2rem;font-weight:650}
        details summary{cursor:pointer;margin-top:2rem;font-weight:600}
        @media print{.controls,#status,noscript,.heat svg{display:none}.heat .q{box-shadow:none}.heads canvas{width:1.5rem;height:1.5rem}.heat{break-inside:auto}}
        """
}
