// swift-format-ignore-file
// The page that the server answers at /, made of page.html by embed.py: change these. Not here: who serves it.

/// A page to try the server's models on, self-contained: its policy lets in its own script, style and server alone.
enum Page {
    /// The page as HTML, in UTF-8.
    static let html: String = #"""
        <!doctype html>\#n<html lang="en"><head><meta charset="utf-8">\#n<!-- Nothing runs or shows but the one script\#
         and the one style sheet below; embed.py sets their hashes. -->\#n<meta http-equiv="Content-Security-Policy" c\#
        ontent="default-src 'none'; connect-src 'self';\#n  style-src 'sha256-+i7fjH73wOCa8UDLi3sTdS1sLDZ0q723qwUMolb/\#
        HiM=';\#n  script-src 'sha256-S+6Tj+ynJ2uUHYFGkhVz2eCsParcY2zLVX5sJ0hyR6k=';\#n  img-src data:; base-uri 'none\#
        '; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'">\#n\#
        <meta name="viewport" content="width=device-width, initial-scale=1">\#n<meta name="color-scheme" content="ligh\#
        t dark"><meta name="referrer" content="no-referrer">\#n<link rel="icon" href="data:,">\#n<title>Adze</title>\#
        \#n<style>\#n:root{color-scheme:light dark;--page:#fdfdfc;--card:#fff;--ink:#1c1e21;--soft:#5c6370;--line:#e3e\#
        5e8;--edge:#868d97;\#n  --blue:#0072b2;--orange:#c4500b;--track:#eef1f3}\#n@media (prefers-color-scheme:dark){\#
        :root{--page:#15171a;--card:#1c1f23;--ink:#e8eaed;--soft:#a0a7b1;\#n  --line:#30353b;--edge:#717983;--blue:#56\#
        b4e9;--orange:#f0a04b;--track:#2a2f35}}\#n\#
        *{box-sizing:border-box}\#n[hidden]{display:none!important}\#nhtml{-webkit-text-size-adjust:100%}\#nbody{margi\#
        n:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\#n  "Noto\#
         Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}\#nmain{max-width:68rem;margin:0 auto;pa\#
        dding:2.5rem 1.25rem 4rem}\#nh1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;font-weight:650;letter-spa\#
        cing:-.01em;overflow-wrap:anywhere}\#n\#
        h2{font-size:1.05rem;margin:2.75rem 0 .35rem;font-weight:650}\#np{margin:.25rem 0 .75rem}\#n.soft,.note,.statu\#
        s{color:var(--soft);overflow-wrap:anywhere}\#n.note{font-size:.9rem;max-width:52rem}\#n.status{font-size:.9rem\#
        ;min-height:1.5em;margin:.6rem 0 0}\#n.bad{color:var(--orange)}\#n.facts{display:flex;flex-wrap:wrap;gap:0 1.2\#
        5rem;margin:0;font-size:.85rem;color:var(--soft)}\#n.facts div{display:flex;gap:.35rem;min-width:0}\#n\#
        .facts dd{margin:0;color:var(--ink);overflow-wrap:anywhere}\#n.figures{display:grid;grid-template-columns:repe\#
        at(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1rem 0 0}\#n.figures div{background:var(--card);border:1px s\#
        olid var(--line);border-radius:.6rem;padding:.7rem .9rem}\#n.figures dt{color:var(--soft);font-size:.85rem}\#n\#
        .figures dd{margin:0;overflow-wrap:anywhere;font-size:1.45rem;font-weight:600;letter-spacing:-.01em}\#n\#
        .figures div:first-child dd{color:var(--blue)}\#n.state{border-left:.25rem solid var(--orange);background:var(\#
        --card);padding:.5rem .8rem;margin:1rem 0 0;\#n  overflow-wrap:anywhere}\#n.field{display:block;margin:.6rem 0\#
         .2rem;font-size:.92rem}\#ntextarea,input,select,button{font:inherit;color:var(--ink);background:var(--card);b\#
        order:1px solid var(--edge);\#n  border-radius:.4rem;padding:.25rem .5rem;max-width:100%}\#n\#
        textarea{display:block;width:100%;padding:.6rem .7rem;resize:vertical;border-radius:.6rem}\#ninput[type=checkb\#
        ox]{accent-color:var(--blue);margin:0 .3rem 0 0}\#ninput[type=file]{border-style:dashed}\#nbutton{cursor:point\#
        er}\#nbutton:disabled,select:disabled,textarea:disabled,input:disabled{opacity:.55;cursor:default}\#nbutton[ar\#
        ia-pressed=true]{border-color:var(--blue);box-shadow:0 0 0 1px var(--blue)}\#n.plain{border-color:transparent;\#
        background:none;padding:0;text-align:left;text-decoration:underline;\#n  text-decoration-color:var(--edge);tex\#
        t-underline-offset:.2em;overflow-wrap:anywhere}\#n\#
        :focus-visible{outline:2px solid var(--blue);outline-offset:2px}\#n.controls{display:flex;flex-wrap:wrap;gap:.\#
        5rem 1rem;align-items:center;margin:.75rem 0;font-size:.92rem}\#n.controls label{min-width:0;max-width:100%}\#
        \#nfieldset{border:0;margin:0;padding:0;min-width:0}\#ndetails summary{cursor:pointer;margin-top:.6rem;font-si\#
        ze:.92rem}\#nprogress{display:block;width:100%;height:.55rem;margin:.9rem 0 .4rem;border:0;border-radius:.3rem\#
        ;overflow:hidden;\#n  background:var(--track);accent-color:var(--blue)}\#n\#
        progress::-webkit-progress-bar{background:var(--track)}\#nprogress::-webkit-progress-value{background:var(--bl\#
        ue)}\#nprogress::-moz-progress-bar{background:var(--blue)}\#ntable{border-collapse:collapse;font-size:.92rem;w\#
        idth:100%;margin-top:.75rem}\#nth{font-weight:600;text-align:right;color:var(--soft);font-size:.85rem}\#nth,td\#
        {padding:.35rem .65rem;text-align:right;vertical-align:top;white-space:nowrap}\#nth:first-child,td:first-child\#
        {text-align:left;padding-left:0}\#n\#
        tbody tr+tr td,thead+tbody td{border-top:1px solid var(--line)}\#ntd.label{overflow-wrap:anywhere;white-space:\#
        normal;text-align:left;min-width:5rem;max-width:18rem}\#ntd.said{text-align:left;white-space:pre-wrap;overflow\#
        -wrap:anywhere;min-width:10rem}\#nth.left{text-align:left}\#n.bar{width:60%;min-width:4.5rem}\#n.bar i{display\#
        :block;height:.55rem;border-radius:.3rem;background:var(--track);margin-top:.42rem;overflow:hidden}\#n\#
        .bar b{display:block;height:100%;width:0;background:var(--edge);border-radius:.3rem;transition:width .15s}\#n.\#
        best .bar b{background:var(--blue)}.best .label{font-weight:600}\#n.old{opacity:.55}\#n.heat{background:var(--\#
        card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem 1rem;font-size:1.08rem;\#n  line-height:2\#
        ;overflow-wrap:anywhere;white-space:pre-wrap;max-height:26rem;overflow-y:auto}\#n\#
        .t{border-radius:.25rem;padding:.12rem 0}\#n.h1,.h2,.h3,.h4,.c1,.c2,.c3,.c4{color:#000}\#n.h1{background:#ff2d\#
        00}.h2{background:#fc5430}.h3{background:#fe7d61}.h4{background:#fda895}\#n.c1{background:#2d7bff}.c2{backgrou\#
        nd:#5490fc}.c3{background:#7da9fe}.c4{background:#a8c5fd}\#n.levels{font-size:.85rem;margin:.6rem 0 0}.levels \#
        .t{padding:.1rem .45rem;display:inline-block}\#nfooter{margin-top:3rem;color:var(--soft);font-size:.85rem}\#n\#
        @media (max-width:40rem){main{padding:1.5rem .9rem 3rem}h1{font-size:1.35rem}th,td{padding:.35rem .4rem}\#n  .\#
        bar{width:40%;min-width:2.75rem}textarea,input,select{font-size:16px}\#n  .wrong thead{display:none}.wrong tr{\#
        display:block;border-top:1px solid var(--line);padding:.5rem 0}\#n  .wrong td{display:inline-block;border:0!im\#
        portant;padding:0 .9rem 0 0}.wrong td.said{display:block}}\#n@media (prefers-reduced-motion:reduce){*{transiti\#
        on:none!important}}\#n\#
        </style></head>\#n<body><main>\#n<header>\#n  <h1 id="title">Adze</h1>\#n  <p class="soft" id="about" role="st\#
        atus">Asking the server for its models.</p>\#n  <dl class="facts" id="facts"></dl>\#n  <div class="controls" i\#
        d="models" hidden><label for="model">Model</label><select id="model"></select></div>\#n</header>\#n<noscript><\#
        p class="state">This page needs JavaScript; the server also answers curl.</p></noscript>\#n\#
        <form class="state" id="keyform" hidden>\#n  <label class="field" for="key" id="keylabel">The server asks for \#
        an API key</label>\#n  <div class="controls"><input id="key" type="password" autocomplete="off" spellcheck="fa\#
        lse" required>\#n    <button>Use the key</button></div>\#n  <p class="note">It is kept until this tab is close\#
        d.</p>\#n</form>\#n<div class="state" id="trouble" role="alert" hidden><p id="troubletext"></p>\#n  <button ty\#
        pe="button" id="again">Try again</button></div>\#n\#n\#
        <section id="classifier" aria-labelledby="h-text" hidden>\#n  <h2 id="h-text">A text</h2>\#n  <label class="fi\#
        eld" for="text">Text</label>\#n  <textarea id="text" rows="4" dir="auto" aria-describedby="said"></textarea>\#
        \#n  <details><summary>A second text, for a model of pairs</summary>\#n    <label class="field" for="pair">Sec\#
        ond text</label><textarea id="pair" rows="3" dir="auto"></textarea></details>\#n  <p class="status" id="said" \#
        role="status"></p>\#n  <table id="scores" aria-label="Labels and scores" hidden><tbody></tbody></table>\#n  <d\#
        iv class="controls"><button type="button" id="all" hidden></button>\#n    <button type="button" id="explain" d\#
        isabled>Attributions</button><span class="soft" id="explained" role="status">\#n    </span></div>\#n  <div id=\#
        "attributions" hidden>\#n    <div class="heat" id="heat" tabindex="0" role="group" aria-label="The text, colou\#
        red by attribution"></div>\#n    <p class="levels" id="levels"></p>\#n    <details><summary>The numbers</summa\#
        ry><table aria-label="Attributions"><thead><tr><th scope="col">token\#n      <th scope="col">attribution</tr><\#
        /thead><tbody id="numbers"></tbody></table></details>\#n  </div>\#n\#
        </section>\#n\#n<section id="reranker" aria-labelledby="h-rank" hidden>\#n  <h2 id="h-rank">Documents for a qu\#
        ery</h2>\#n  <label class="field" for="query">Query</label><textarea id="query" rows="2" dir="auto"></textarea\#
        >\#n  <label class="field" for="documents">Documents, one a line</label>\#n  <textarea id="documents" rows="7"\#
         dir="auto"></textarea>\#n  <p class="status" id="ranked" role="status"></p>\#n  <table id="ranking" class="wr\#
        ong" aria-label="Documents by score" hidden><thead><tr><th scope="col">line\#n    <th scope="col" class="left"\#
        >document<th scope="col">score</tr></thead><tbody></tbody></table>\#n\#
        </section>\#n\#n<section id="embedding" aria-labelledby="h-embed" hidden>\#n  <h2 id="h-embed">Two texts</h2>\#
        \#n  <label class="field" for="first">Text</label><textarea id="first" rows="3" dir="auto"></textarea>\#n  <la\#
        bel class="field" for="other">Another text</label><textarea id="other" rows="3" dir="auto"></textarea>\#n  <p \#
        class="status" id="compared" role="status"></p>\#n  <dl class="figures" id="similarity" hidden></dl>\#n\#
        </section>\#n\#n<section id="many" aria-labelledby="h-many" hidden>\#n  <h2 id="h-many">Many texts</h2>\#n  <p\#
         class="note">A file of CSV, of TSV, or of a text a line, read in this page and sent to this server only. Of\#
        \#n    longer texts the model reads as much as it takes.</p>\#n  <fieldset id="choices">\#n    <label class="f\#
        ield" for="file">A file</label><input type="file" id="file" accept=".csv,.tsv,.tab,.txt,text/*">\#n    <label \#
        class="field" for="paste">Or pasted here</label>\#n    <textarea id="paste" rows="4" dir="auto" spellcheck="fa\#
        lse"></textarea>\#n    <div class="controls" id="reading" hidden>\#n      <label>Read as <select id="format"><\#
        option value=",">CSV, commas<option value=";">CSV, semicolons\#n        <option value="&#9;">TSV, tabs<option \#
        value="">a text a line</select></label>\#n      <label><input type="checkbox" id="names">The first row holds n\#
        ames</label>\#n      <label>Text <select id="column"></select></label>\#n      <label>Second text <select id="\#
        paircolumn"></select></label>\#n    </div>\#n  </fieldset>\#n  <p class="status" id="read" role="status"></p>\#
        \#n  <div class="controls"><button type="button" id="start" disabled>Start</button>\#n    <button type="button\#
        " id="stop" disabled>Stop</button>\#n    <button type="button" id="download" disabled>Download CSV</button></d\#
        iv>\#n  <p class="status" id="happens" role="status"></p>\#n  <div id="results" hidden>\#n    <progress id="pr\#
        ogress" value="0" max="1" aria-label="Texts answered"></progress>\#n    <dl class="figures" id="speed"></dl>\#
        \#n    <table id="counts" aria-label="Texts by label"><thead><tr><th scope="col">label<th><th scope="col">text\#
        s\#n      <th scope="col">share</tr></thead><tbody></tbody></table>\#n    <div class="controls"><button type="\#
        button" id="back">Rows before</button>\#n      <button type="button" id="forth">Rows after</button><span class\#
        ="soft" id="range"></span></div>\#n    <table id="rows" class="wrong" aria-label="Texts and answers"><thead><t\#
        r><th scope="col">row\#n      <th scope="col" class="left">text<th scope="col" class="left">label<th scope="co\#
        l">score</tr></thead>\#n      <tbody></tbody></table>\#n    <p class="note">In the file that you download, cel\#
        ls that a spreadsheet would take for a formula, which begin\#n      with = + - @ or a tab and are no number, h\#
        ave a ' before them. Pick a label above to see its rows alone.</p>\#n  </div>\#n\#
        </section>\#n<footer id="footer">Adze</footer>\#n</main>\#n<script>\#n"use strict";\#n(() => {\#n// ---- Small\#
         things -----------------------------------------------------------------------------------------------\#ncons\#
        t $ = id => document.getElementById(id);\#nconst rowsOf = id => $(id).tBodies[0];\#n/// Data as it may be show\#
        n: controls, and what turns the direction of the words after it, are named.\#nconst shown = text => String(tex\#
        t).replaceAll("\r\n", "\n").replace(\#n  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\uff\#
        fe\uffff]/g,\#n  c => "[U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "]");\#n\#
        /// An element; what it says is always text, never markup.\#nfunction make(name, style, text) {\#n  const elem\#
        ent = document.createElement(name);\#n  if (style) element.className = style;\#n  if (text !== undefined) elem\#
        ent.textContent = shown(text);\#n  return element;\#n}\#nfunction say(id, text, isBad = false) {\#n  text = sh\#
        own(text);\#n  if ($(id).textContent !== text) $(id).textContent = text;\#n  $(id).classList.toggle("bad", isB\#
        ad);\#n}\#n\#
        const grouped = n => n.toLocaleString("en");\#nconst counted = (n, word) => grouped(n) + " " + word + (n === 1\#
         ? "" : "s");\#nconst score = n => (typeof n === "number" && Number.isFinite(n) ? n.toFixed(4).replace("-", "−\#
        ") : "–");\#nconst took = ms => (ms < 10 ? ms.toFixed(1) : grouped(Math.round(ms))) + " ms";\#nconst cut = (te\#
        xt, most) => (text.length > most ? text.slice(0, most) + "…" : text);\#n/// Half of a surrogate pair is no tex\#
        t that a server takes.\#n\#
        const whole = text => (text.toWellFormed ? text.toWellFormed() : text);\#nfunction pairs(list, entries) {\#n  \#
        $(list).replaceChildren(...entries.map(([name, value]) => {\#n    const group = make("div");\#n    group.appen\#
        d(make("dt", "", name), make("dd", "", value));\#n    return group;\#n  }));\#n}\#nfunction bar() {\#n  const \#
        cell = make("td", "bar"), track = make("i"), fill = make("b");\#n  cell.setAttribute("aria-hidden", "true");\#
        \#n  track.append(fill);\#n  cell.append(track);\#n  return { cell, fill };\#n}\#n\#
        const width = (fill, part) => { fill.style.width = 100 * Math.max(0, Math.min(1, part || 0)) + "%"; };\#n\#n//\#
         ---- The server ---------------------------------------------------------------------------------------------\#
        ----\#nclass Failure extends Error {\#n  /// status is 0 where the server did not answer; wait is in seconds, \#
        where it said when to come again.\#n  constructor(message, status = 0, wait = 0) { super(message); this.status\#
         = status; this.wait = wait; }\#n}\#n\#
        let key = "", asking = null, model = null, info = null, kind = "";\#ntry { key = sessionStorage.getItem("adze-\#
        key") || ""; } catch { /* Without storage the key lives as the page. */ }\#n\#n/// Asks for the API key, once \#
        for all requests that lack it.\#nfunction askKey(signal) {\#n  if (!asking) {\#n    asking = new Promise(resol\#
        ve => {\#n      say("keylabel", key ? "The server refuses this API key; another" : "The server asks for an API\#
         key");\#n      $("keyform").hidden = false;\#n      $("key").focus();\#n      $("keyform").onsubmit = event =\#
        > {\#n        event.preventDefault();\#n        // What is no header's value would end as a network error.\#n \#
               const given = $("key").value.trim(), isKey = /^[\x21-\x7e]+$/.test(given);\#n        $("key").setCustom\#
        Validity(isKey ? "" : "A key is of ASCII letters, digits and signs.");\#n        if (!isKey) return void $("ke\#
        y").reportValidity();\#n        key = given;\#n        try { sessionStorage.setItem("adze-key", key); } catch \#
        { /* As above. */ }\#n        $("key").value = "";\#n        $("keyform").hidden = true;\#n        asking = nu\#
        ll;\#n        resolve();\#n      };\#n    });\#n  }\#n  return new Promise((resolve, reject) => {\#n    asking\#
        .then(resolve);\#n    signal?.addEventListener("abort", () => reject(new Failure("Stopped.")), { once: true })\#
        ;\#n  });\#n}\#n\#
        $("key").addEventListener("input", () => $("key").setCustomValidity(""));\#n\#nfunction secondsOf(header) {\#n\#
          const seconds = /^\d+$/.test(header || "") ? +header : (Date.parse(header) - Date.now()) / 1000;\#n  return \#
        Math.min(Math.max(seconds || 1, 0.2), 120);\#n}\#n/// What the server answers, and in how many milliseconds. P\#
        aths are relative, so a proxy may put the page in a folder.\#nasync function call(path, body, signal) {\#n  fo\#
        r (;;) {\#n    const used = key, start = performance.now(), headers = {};\#n    if (used) headers.Authorizatio\#
        n = "Bearer " + used;\#n    if (body !== undefined) headers["Content-Type"] = "application/json";\#n    const \#
        method = body === undefined ? "GET" : "POST";\#n    let response, text, data;\#n    try {\#n      response = a\#
        wait fetch(path, { method, headers, body: JSON.stringify(body), signal, cache: "no-store" });\#n      text = a\#
        wait response.text();\#n    } catch {\#n      if (!signal?.aborted) throw new Failure("The server does not ans\#
        wer.");\#n      throw new Failure(typeof signal.reason === "string" ? signal.reason : "Stopped.");\#n    }\#n \#
           const ms = performance.now() - start, status = response.status;\#n    if (status === 401) {\#n      // Anot\#
        her request may have brought a new key meanwhile.\#n      if (used === key) await askKey(signal);\#n      cont\#
        inue;\#n    }\#n    try { data = JSON.parse(text); } catch { data = null; }\#n    if (!response.ok) {\#n      \#
        const why = data && typeof data.error === "string" ? cut(data.error, 400) : "The server answered " + status + \#
        ".";\#n      const isBusy = status === 429 || status === 503;\#n      throw new Failure(why, status, isBusy ? \#
        secondsOf(response.headers.get("Retry-After")) : 0);\#n    }\#n    if (data === null) throw new Failure("The s\#
        erver's answer is no JSON.", 500);\#n    return { data, ms };\#n  }\#n}\#n\#
        const ask = (verb, body, signal) => call("models/" + encodeURIComponent(model) + "/" + verb, body, signal);\#n\#
        function listOf(data, count) {\#n  if (Array.isArray(data) && data.length === count) return data;\#n  throw ne\#
        w Failure("The server answered another number of texts.", 500);\#n}\#n\#n// ---- Answers while one types -----\#
        -------------------------------------------------------------------------------\#nconst forms = [];\#n\#
        /// Asks when the typing rests; one request is in flight, and an answer to what is no longer there is dropped.\#
        \#n/// `request` gives the promise of a function that shows the answer, or null where there is nothing to ask.\#
        \#nfunction live(ids, status, request, clear) {\#n  let timer = 0, version = 0, isBusy = false, isMissed = fal\#
        se, notBefore = 0, controller = null;\#n  const later = wait => {\#n    clearTimeout(timer);\#n    timer = set\#
        Timeout(send, Math.max(wait, notBefore - performance.now()));\#n  };\#n  async function send() {\#n    if (isB\#
        usy) return void (isMissed = true);\#n    const mine = version;\#n    controller = new AbortController();\#n  \#
          const asked = request(controller.signal);\#n    if (!asked) { say(status, ""); clear(); return; }\#n    cons\#
        t limit = setTimeout(() => controller.abort("The server has not answered in two minutes."), 120000);\#n    isB\#
        usy = true;\#n    try {\#n      const show = await asked;\#n      if (mine === version) show();\#n    } catch \#
        (error) {\#n      if (mine !== version) { /* Of a text that is gone. */ }\#n      else if (error.wait) {\#n   \#
             say(status, "The server is busy; asks again in " + Math.ceil(error.wait) + " s.", true);\#n        notBef\#
        ore = performance.now() + error.wait * 1000;\#n        later(0);\#n      } else { clear(); say(status, error.m\#
        essage, true); }\#n    }\#n    clearTimeout(limit);\#n    isBusy = false;\#n    if (isMissed) later(0);\#n    \#
        isMissed = false;\#n  }\#n  const changed = () => {\#n    version++;\#n    // A megabyte is not sent at every \#
        pause.\#n    later(ids.reduce((sum, id) => sum + $(id).value.length, 0) > 20000 ? 700 : 120);\#n  };\#n  for (\#
        const id of ids) $(id).addEventListener("input", changed);\#n  forms.push(() => { notBefore = 0; controller?.a\#
        bort(); clear(); say(status, ""); changed(); });\#n}\#n\#n\#
        // ---- A classifier: labels and scores ----------------------------------------------------------------------\#
        ------\#nlet labels = [], answers = [], isWhole = false, explainer = null;\#nconst few = 10;\#n/// Few labels \#
        keep the model's order, so that bars grow and shrink in place; of many the best come first.\#nfunction showSco\#
        res(list) {\#n  answers = list.filter(a => a && typeof a === "object");\#n  const best = answers[0], ranks = n\#
        ew Map(labels.map((label, i) => [label, i]));\#n  let order = answers;\#n  const rank = answer => ranks.get(an\#
        swer.label) ?? few;\#n  if (answers.length <= few) order = [...answers].sort((a, b) => rank(a) - rank(b));\#n \#
         else if (!isWhole) order = answers.slice(0, few);\#n  const body = rowsOf("scores"), top = Math.max(1, ...ord\#
        er.map(a => Math.abs(a.score)));\#n  if (body.rows.length !== order.length) {\#n    body.replaceChildren(...or\#
        der.map(() => {\#n      const row = make("tr");\#n      row.append(make("td", "label"), bar().cell, make("td")\#
        );\#n      return row;\#n    }));\#n  }\#n  order.forEach((answer, i) => {\#n    const row = body.rows[i], [la\#
        bel, , number] = row.cells;\#n    row.className = answer === best ? "best" : "";\#n    label.textContent = sho\#
        wn(answer.label);\#n    number.textContent = score(answer.score);\#n    // Logits, or a number that was learnt\#
        , are beyond 0 to 1: then the largest fills its bar.\#n    width(row.querySelector("b"), answer.score / top);\#
        \#n  });\#n  $("scores").hidden = false;\#n  $("all").hidden = answers.length <= few;\#n  $("all").textContent\#
         = isWhole ? "The best " + few + " labels" : "All " + grouped(answers.length) + " labels";\#n}\#n\#
        $("all").addEventListener("click", () => { isWhole = !isWhole; showScores(answers); });\#nlive(["text", "pair"\#
        ], "said", signal => {\#n  const text = whole($("text").value), pair = whole($("pair").value);\#n  if (!text.t\#
        rim() || kind !== "classifier") return null;\#n  $("scores").classList.add("old");\#n  const body = { inputs: \#
        [pair.trim() ? [text, pair] : [text]], truncate: true, raw_scores: false };\#n  return ask("predict", body, si\#
        gnal).then(({ data, ms }) => () => {\#n    const list = listOf(data, 1)[0];\#n    if (!Array.isArray(list) || \#
        !list.length) throw new Failure("The server's answer has no labels.", 500);\#n    showScores(list);\#n    $("s\#
        cores").classList.remove("old");\#n    say("said", cut(String(list[0].label), 60) + " " + score(list[0].score)\#
         + ", " + took(ms));\#n  });\#n}, () => { $("scores").hidden = $("all").hidden = true; });\#n\#n\#
        // ---- A classifier: attributions ---------------------------------------------------------------------------\#
        ------\#nfunction forgetAttributions() {\#n  explainer?.abort();\#n  explainer = null;\#n  $("attributions").h\#
        idden = true;\#n  if ($("explain").dataset.none) return;\#n  say("explained", $("pair").value.trim() ? "Attrib\#
        utions are of one text." : "");\#n  $("explain").disabled = !$("text").value.trim() || $("pair").value.trim() \#
        !== "";\#n}\#n\#
        $("text").addEventListener("input", forgetAttributions);\#n$("pair").addEventListener("input", forgetAttributi\#
        ons);\#n$("explain").addEventListener("click", async () => {\#n  const text = whole($("text").value), mine = e\#
        xplainer = new AbortController();\#n  say("explained", "Asking.");\#n  try {\#n    const { data, ms } = await \#
        ask("explain", { inputs: text }, mine.signal);\#n    if (mine !== explainer) return;\#n    if (!Array.isArray(\#
        data.tokens)) throw new Failure("The server's answer has no tokens.", 500);\#n    showAttributions(typeof data\#
        .cleaned === "string" ? data.cleaned : text, data);\#n    say("explained", cut(String(data.label), 60) + " " +\#
         score(data.score) + ", " + took(ms));\#n  } catch (error) {\#n    if (mine !== explainer) return;\#n    if (e\#
        rror.status === 404) {\#n      $("explain").disabled = true;\#n      $("explain").dataset.none = "1";\#n      \#
        say("explained", "This server has no attributions.");\#n    } else say("explained", error.wait ? "The server i\#
        s busy; try again soon." : error.message, true);\#n  }\#n});\#n\#
        /// The text with each token on the colour of its share of the largest attribution, as on Adze's other pages.\#
        \#nfunction showAttributions(text, data) {\#n  // start and end count Unicode scalars, JavaScript's strings co\#
        unt UTF-16.\#n  const scalars = Array.from(text), pieces = [], rows = [];\#n  const isPlace = ({ start, end })\#
         => Number.isInteger(start) && Number.isInteger(end) && start < end\#n    && end <= scalars.length;\#n  const \#
        tokens = data.tokens.filter(t => t && !t.pair && isPlace(t) && Number.isFinite(t.attribution));\#n  tokens.sor\#
        t((a, b) => a.start - b.start);\#n  const largest = Math.max(1e-12, ...tokens.map(t => Math.abs(t.attribution)\#
        ));\#n  let end = 0;\#n  for (const token of tokens) {\#n    if (token.start < end) continue;\#n    const size\#
         = Math.abs(token.attribution) / largest, sign = token.attribution < 0 ? "c" : "h";\#n    const level = size >\#
        = 0.8 ? 1 : size >= 0.6 ? 2 : size >= 0.4 ? 3 : size >= 0.2 ? 4 : 0;\#n    const span = make("span", "t " + (l\#
        evel ? sign + level : ""), scalars.slice(token.start, token.end).join(""));\#n    span.title = score(token.att\#
        ribution);\#n    pieces.push(shown(scalars.slice(end, token.start).join("")), span);\#n    end = token.end;\#n\#
            const row = make("tr");\#n    row.append(make("td", "label", span.textContent), make("td", "", score(token\#
        .attribution)));\#n    rows.push(row);\#n  }\#n  // A megabyte is more than a token's place needs.\#n  $("heat\#
        ").replaceChildren(...pieces, shown(cut(scalars.slice(end, end + 20001).join(""), 20000)));\#n  const label = \#
        cut(String(data.label), 60);\#n  $("levels").replaceChildren(make("span", "t h1", "speaks for " + label), " ",\#
         make("span", "t h4", "a little"), " ",\#n    make("span", "t c4", "a little"), " ", make("span", "t c1", "spe\#
        aks against"));\#n  $("numbers").replaceChildren(...rows);\#n  $("attributions").hidden = false;\#n}\#n\#n\#
        // ---- A reranker, an embedder ------------------------------------------------------------------------------\#
        ------\#nlive(["query", "documents"], "ranked", signal => {\#n  const query = whole($("query").value), places \#
        = [], texts = [];\#n  whole($("documents").value).split("\n").forEach((line, i) => {\#n    if (line.trim()) { \#
        places.push(i + 1); texts.push(line); }\#n  });\#n  if (!query.trim() || !texts.length || kind !== "reranker")\#
         return null;\#n  $("ranking").classList.add("old");\#n  return (async () => {\#n    const all = [], size = ba\#
        tchSize();\#n    let time = 0;\#n    for (let i = 0; i < texts.length; i += size) {\#n      const some = texts\#
        .slice(i, i + size);\#n      const body = { query, texts: some, truncate: true, raw_scores: false, return_text\#
        : false };\#n      const { data, ms } = await ask("rerank", body, signal);\#n      for (const { index, score }\#
         of listOf(data, some.length)) all.push({ index: i + index, score });\#n      time += ms;\#n    }\#n    all.so\#
        rt((a, b) => b.score - a.score || a.index - b.index);\#n    return () => {\#n      rowsOf("ranking").replaceCh\#
        ildren(...all.slice(0, 500).map(({ index, score: number }) => {\#n        const row = make("tr"), said = make(\#
        "td", "said", cut(texts[index] ?? "", 500));\#n        said.dir = "auto";\#n        row.append(make("td", "", \#
        places[index]), said, make("td", "", score(number)));\#n        return row;\#n      }));\#n      $("ranking").\#
        hidden = false;\#n      $("ranking").classList.remove("old");\#n      const most = all.length > 500 ? ", the f\#
        irst 500 shown, " : ", ";\#n      say("ranked", counted(all.length, "document") + most + took(time));\#n    };\#
        \#n  })();\#n}, () => { $("ranking").hidden = true; });\#n\#n\#
        live(["first", "other"], "compared", signal => {\#n  const inputs = [whole($("first").value), whole($("other")\#
        .value)];\#n  if (!inputs[0].trim() || !inputs[1].trim() || kind !== "embedding") return null;\#n  return ask(\#
        "embed", { inputs, truncate: true, normalize: true }, signal).then(({ data, ms }) => () => {\#n    const [a, b\#
        ] = listOf(data, 2), dot = (x, y) => x.reduce((sum, v, i) => sum + v * y[i], 0);\#n    if (!a?.length || a.len\#
        gth !== b?.length) throw new Failure("The server's vectors differ in size.", 500);\#n    const cosine = dot(a,\#
         b) / Math.sqrt(dot(a, a) * dot(b, b));\#n    pairs("similarity", [["cosine similarity", score(cosine)], ["num\#
        bers in a vector", grouped(a.length)]]);\#n    $("similarity").hidden = false;\#n    say("compared", "Cosine s\#
        imilarity " + score(cosine) + ", " + took(ms));\#n  });\#n}, () => { $("similarity").hidden = true; });\#n\#n\#
        // ---- Many texts: reading ----------------------------------------------------------------------------------\#
        ------\#nlet source = "", fileName = "", table = [], head = [], run = null;\#n\#n/// The records of RFC 4180: \#
        quotes around a field, "" for a quote in it, any of the line ends. `isOpen` says that the\#n/// last quote nev\#
        er closes.\#nfunction parse(text, delimiter, hasQuotes = true, most = Infinity) {\#n  const records = [];\#n  \#
        let record = [], at = 0, isOpen = false;\#n  while (at < text.length && records.length < most) {\#n    let fie\#
        ld = "";\#n    if (hasQuotes && text[at] === '"') {\#n      for (at++; ; ) {\#n        const end = text.indexO\#
        f('"', at);\#n        if (end < 0) { field += text.slice(at); at = text.length; isOpen = true; break; }\#n    \#
            field += text.slice(at, end);\#n        at = end + 1;\#n        if (text[at] !== '"') break;\#n        fie\#
        ld += '"';\#n        at++;\#n      }\#n    }\#n    // A field without quotes, or what stands behind them again\#
        st the rules, which is kept.\#n    let end = at;\#n    while (end < text.length && text[end] !== delimiter && \#
        text[end] !== "\n" && text[end] !== "\r") end++;\#n    record.push(field + text.slice(at, end));\#n    at = en\#
        d + 1;\#n    if (text[end] === delimiter && delimiter) {\#n      if (at < text.length) continue;\#n      recor\#
        d.push("");\#n    } else if (text[end] === "\r" && text[at] === "\n") at++;\#n    // A line without anything i\#
        s no record.\#n    if (record.length > 1 || record[0] !== "") records.push(record);\#n    record = [];\#n  }\#
        \#n  return { records, isOpen };\#n}\#n\#
        /// The first records say which format it is: the delimiter that gives all of them the same columns, more than\#
         one.\#nfunction guessFormat(text, name) {\#n  if (/\.(tsv|tab)$/i.test(name)) return "\t";\#n  if (/\.txt$/i.\#
        test(name)) return "";\#n  for (const delimiter of ["\t", ",", ";"]) {\#n    const { records } = parse(text.sl\#
        ice(0, 200000), delimiter, true, 20), columns = records[0]?.length ?? 0;\#n    const some = records.slice(0, M\#
        ath.max(1, records.length - 1));\#n    if (columns > 1 && some.length > 1 && some.every(r => r.length === colu\#
        mns)) return delimiter;\#n  }\#n  return /\.csv$/i.test(name) || /^\s*(text|sentence|review)\s*\r?\n/i.test(te\#
        xt) || text[0] === '"' ? "," : "";\#n}\#n\#
        const usual = ["text", "sentence1", "question1", "#1 string", "premise", "question", "sentence", "review"];\#n\#
        const usualPairs = { sentence1: "sentence2", question1: "question2", "#1 string": "#2 string", premise: "hypot\#
        hesis",\#n  question: "sentence", text: "text_pair" };\#nconst others = ["label", "category", "intent", "senti\#
        ment", "score", "id", "idx", "index", "text_pair"];\#nconst isUsual = name => usual.includes(name.trim().toLow\#
        erCase()) || others.includes(name.trim().toLowerCase());\#n\#n\#
        function take(text, name) {\#n  source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;\#n  fileName = \#
        name;\#n  if (source) $("format").value = guessFormat(source, name);\#n  const first = parse(source, $("format\#
        ").value, true, 1).records[0] ?? [];\#n  const isNamed = first.length > 1 || first.some(isUsual) || /\.(csv|ts\#
        v|tab)$/i.test(name);\#n  $("names").checked = $("format").value !== "" && isNamed;\#n  readTable();\#n}\#n\#
        function readTable() {\#n  const delimiter = $("format").value, isTabs = delimiter === "\t";\#n  // Few write \#
        TSV with quotes: they count where every field of its first row has them.\#n  const first = source.slice(0, (so\#
        urce + "\n").indexOf("\n")).trim();\#n  const hasQuotes = delimiter !== "" && (!isTabs || first.split("\t").ev\#
        ery(f => /^".*"$/.test(f)));\#n  const { records, isOpen } = parse(source, delimiter, hasQuotes);\#n  const co\#
        lumns = records.reduce((n, r) => Math.max(n, r.length), 0), hasNames = $("names").checked && delimiter !== "";\#
        \#n  head = hasNames ? records.shift() ?? [] : delimiter === "" ? ["text"] : [];\#n  while (head.length < colu\#
        mns) head.push("column " + (head.length + 1));\#n  table = records;\#n  const options = some => some.map(([val\#
        ue, name]) => {\#n    const option = make("option", "", cut(name, 40));\#n    option.value = value;\#n    retu\#
        rn option;\#n  });\#n  const lower = head.map(name => name.trim().toLowerCase()), known = usual.find(name => l\#
        ower.includes(name));\#n  // Without a usual name the column with most to read is the text.\#n  const lengths \#
        = head.map((_, i) => table.slice(0, 50).reduce((sum, r) => sum + (r[i] ?? "").length, 0));\#n  const guess = k\#
        nown ? lower.indexOf(known) : Math.max(0, lengths.indexOf(Math.max(...lengths)));\#n  $("column").replaceChild\#
        ren(...options(head.map((name, i) => [i, name])));\#n  $("paircolumn").replaceChildren(...options([["-1", "non\#
        e"], ...head.map((name, i) => [i, name])]));\#n  $("column").value = guess;\#n  $("paircolumn").value = known \#
        && usualPairs[known] ? lower.indexOf(usualPairs[known]) : -1;\#n  $("reading").hidden = source === "";\#n  $("\#
        names").parentElement.hidden = delimiter === "";\#n  $("column").parentElement.hidden = $("paircolumn").parent\#
        Element.hidden = columns < 2;\#n  let words = source === "" ? "" : counted(table.length, "row") + (columns > 1\#
         ? " of " + columns + " columns." : ".");\#n  if (isOpen) words += " A quote is opened that never closes: is i\#
        t really CSV?";\#n  else if (table.length) words += " The first: " + cut(table[0][$("column").value] ?? "", 80\#
        );\#n  say("read", words, isOpen);\#n  reset();\#n}\#n\#
        async function readFile(file) {\#n  if (!file) return;\#n  $("paste").value = "";\#n  take("", "");\#n  if (fi\#
        le.size > 2e8) return void say("read", "Over 200 MB is much for a page: take adze predict -i.", true);\#n  let\#
         bytes;\#n  try { bytes = new Uint8Array(await file.arrayBuffer()); } catch {\#n    return void say("read", "T\#
        he file cannot be read.", true);\#n  }\#n  const mark = bytes[0] << 8 | bytes[1], wide = mark === 0xfffe ? "ut\#
        f-16le" : mark === 0xfeff ? "utf-16be" : "";\#n  let text;\#n  try { text = new TextDecoder(wide || "utf-8", {\#
         fatal: true }).decode(bytes); } catch { text = null; }\#n  take(text ?? new TextDecoder("windows-1252").decod\#
        e(bytes), file.name);\#n  if (text === null) say("read", $("read").textContent + " It is not UTF-8 and was rea\#
        d as Windows-1252.");\#n}\#n\#
        $("file").addEventListener("change", () => readFile($("file").files[0]));\#nlet pasting = 0;\#n$("paste").addE\#
        ventListener("input", () => {\#n  $("file").value = "";\#n  clearTimeout(pasting);\#n  pasting = setTimeout(()\#
         => take($("paste").value, ""), 250);\#n});\#n$("format").addEventListener("change", readTable);\#n$("names").\#
        addEventListener("change", readTable);\#nfor (const id of ["column", "paircolumn"]) $(id).addEventListener("ch\#
        ange", reset);\#n\#n\#
        // ---- Many texts: sending ----------------------------------------------------------------------------------\#
        ------\#nconst positive = (value, other) => (Number.isInteger(value) && value > 0 ? value : other);\#nconst ba\#
        tchSize = () => Math.min(positive(info?.max_client_batch_size, 32), 1024);\#nconst sleep = (ms, signal) => new\#
         Promise(resolve => {\#n  const timer = setTimeout(resolve, ms);\#n  signal.addEventListener("abort", () => { \#
        clearTimeout(timer); resolve(); }, { once: true });\#n});\#n\#
        const isGoing = () => run !== null && run.controller !== null;\#n\#n/// Forgets what was answered.\#nfunction \#
        reset() {\#n  run?.controller?.abort();\#n  run = null;\#n  $("results").hidden = true;\#n  say("happens", "")\#
        ;\#n  buttons();\#n}\#nfunction buttons() {\#n  const going = isGoing(), rest = run !== null && !going && run.\#
        done < table.length;\#n  $("start").disabled = going || !table.length || kind !== "classifier";\#n  $("start")\#
        .textContent = rest ? "Continue" : run !== null && !going ? "Start again" : "Start";\#n  $("stop").disabled = \#
        !going;\#n  $("choices").disabled = going;\#n  $("download").disabled = going || !run || run.done === 0;\#n}\#
        \#n\#
        /// The rows to send next: a batch that came back, else the next of the table, of not too many characters.\#nf\#
        unction nextBatch(run) {\#n  if (run.queue.length) return run.queue.pop();\#n  const batch = [];\#n  let size \#
        = 0;\#n  for (; run.next < table.length && batch.length < run.size && size < 400000; run.next++) {\#n    const\#
         text = table[run.next][run.column] ?? "";\#n    // What a model says of nothing means nothing.\#n    if (text\#
        .trim()) { batch.push(run.next); size += text.length; } else settle(run, run.next, null, "no text");\#n  }\#n \#
         return batch;\#n}\#n\#
        function settle(run, row, answer, error) {\#n  run.labels[row] = answer ? String(answer.label) : "";\#n  run.s\#
        cores[row] = answer ? answer.score : NaN;\#n  if (error) run.errors.set(row, error);\#n  const name = answer ?\#
         run.labels[row] : null;\#n  run.counts.set(name, (run.counts.get(name) ?? 0) + 1);\#n  run.done++;\#n}\#nfunc\#
        tion halt(run, why) {\#n  run.reason = why;\#n  run.controller?.abort();\#n}\#n/// Sends a batch until it is a\#
        nswered, refused, or the run stops. What overloads the server waits; what it cannot take\#n\#
        /// goes in halves, so that one bad row costs no other its answer; where nothing is answered any more, the run\#
         halts.\#nasync function sendBatch(run, rows, signal) {\#n  const inputs = rows.map(i => [run.column, run.pair\#
        ].filter(c => c >= 0 && table[i][c]).map(c => whole(table[i][c])));\#n  for (let attempt = 1; !signal.aborted;\#
         attempt++) {\#n    for (let pause; !signal.aborted && (pause = run.pausedUntil - performance.now()) > 0; ) aw\#
        ait sleep(pause, signal);\#n    if (signal.aborted) break;\#n    try {\#n      const { data, ms } = await ask(\#
        "predict", { inputs, truncate: true, raw_scores: false }, signal);\#n      const best = listOf(data, rows.leng\#
        th).map(list => Array.isArray(list) && list[0] ? list[0] : null);\#n      rows.forEach((row, i) => settle(run,\#
         row, best[i], best[i] ? "" : "no answer"));\#n      run.times.push(ms);\#n      run.failures = run.waits = 0;\#
        \#n      run.waiting = "";\#n      return;\#n    } catch (error) {\#n      if (signal.aborted) break;\#n      \#
        const { status, message, wait } = error;\#n      if (wait) {\#n        if (++run.waits > 200) halt(run, messag\#
        e);\#n        run.pausedUntil = Math.max(run.pausedUntil, performance.now() + wait * 1000 * (1 + 0.2 * Math.ra\#
        ndom()));\#n        run.waiting = "The server is busy; waits " + Math.ceil(wait) + " s.";\#n      } else if (s\#
        tatus === 0 || status === 424 || status >= 500) {\#n        if (++run.failures > 12) halt(run, message);\#n   \#
             else if (attempt < (rows.isHalf ? 2 : 4)) {\#n          run.waiting = message + " Tries again.";\#n      \#
            await sleep(500 * 2 ** attempt, signal);\#n        } else if (status === 0) halt(run, message);\#n        \#
        else if (rows.length === 1) return settle(run, rows[0], null, message);\#n        else return halve(run, rows)\#
        ;\#n      } else if (![400, 413, 422].includes(status)) halt(run, message);\#n      else if (rows.length === 1\#
        ) return settle(run, rows[0], null, message);\#n      else return halve(run, rows);\#n    }\#n  }\#n  run.queu\#
        e.push(rows);\#n}\#n\#
        function halve(run, rows) {\#n  const middle = rows.length >> 1;\#n  for (const half of [rows.slice(middle), r\#
        ows.slice(0, middle)]) run.queue.push(Object.assign(half, { isHalf: true }));\#n}\#nasync function start() {\#
        \#n  if (run?.done === table.length) run = null;\#n  run ??= { column: +$("column").value, pair: +$("paircolum\#
        n").value, size: batchSize(), queue: [], next: 0, done: 0,\#n    labels: [], scores: [], errors: new Map(), co\#
        unts: new Map(), times: [], before: 0, page: 0, only: undefined };\#n  const mine = run, { signal } = mine.con\#
        troller = new AbortController(), since = performance.now();\#n  Object.assign(mine, { failures: 0, waits: 0, p\#
        ausedUntil: 0, waiting: "", reason: "", since, tenth: -1 });\#n  $("results").hidden = false;\#n  buttons();\#
        \#n  $("stop").focus();\#n  draw();\#n  const timer = setInterval(draw, 250);\#n  let inFlight = 0;\#n  async \#
        function work() {\#n    while (!signal.aborted) {\#n      const rows = nextBatch(mine);\#n      if (rows.lengt\#
        h) { inFlight++; await sendBatch(mine, rows, signal); inFlight--; }\#n      // A batch in flight may still com\#
        e back in halves.\#n      else if (inFlight || mine.next < table.length || mine.queue.length) await sleep(20, \#
        signal);\#n      else return;\#n    }\#n  }\#n  await Promise.all(Array.from({ length: Math.min(4, positive(in\#
        fo.max_concurrent_requests, 4)) }, work));\#n  clearInterval(timer);\#n  mine.before += performance.now() - mi\#
        ne.since;\#n  mine.controller = null;\#n  if (mine !== run) return;\#n  const held = document.activeElement ==\#
        = $("stop") || document.activeElement === document.body;\#n  buttons();\#n  if (held) (mine.done < table.lengt\#
        h ? $("start") : $("download")).focus({ preventScroll: true });\#n  draw();\#n}\#n\#
        $("start").addEventListener("click", start);\#n$("stop").addEventListener("click", () => { if (isGoing()) halt\#
        (run, ""); });\#naddEventListener("beforeunload", event => { if (isGoing()) event.preventDefault(); });\#n\#n/\#
        / ---- Many texts: showing -----------------------------------------------------------------------------------\#
        -----\#nconst pageSize = 200;\#nfunction draw() {\#n  const total = table.length, going = isGoing();\#n  const\#
         seconds = (run.before + (going ? performance.now() - run.since : 0)) / 1000;\#n  const sorted = Float64Array.\#
        from(run.times).sort();\#n  const quantile = q => (sorted.length ? took(sorted[Math.ceil(q * sorted.length) - \#
        1]) : "–");\#n  const rate = run.done / Math.max(seconds, 0.001), answered = run.done - run.errors.size;\#n  $\#
        ("progress").max = Math.max(1, total);\#n  $("progress").value = run.done;\#n  pairs("speed", [["answered", gr\#
        ouped(answered) + " of " + grouped(total)],\#n    ["texts/s", rate < 10 ? rate.toFixed(1) : grouped(Math.round\#
        (rate))], ["requests, p50", quantile(0.5)],\#n    ["requests, p95", quantile(0.95)], ["without an answer", gro\#
        uped(run.errors.size)]]);\#n  // Read aloud at every tenth only.\#n  const tenth = Math.floor(10 * run.done / \#
        Math.max(1, total));\#n  if (!going) {\#n    const without = run.errors.size ? ", " + grouped(run.errors.size)\#
         + " without an answer" : "";\#n    if (run.done === total) say("happens", counted(total, "row") + " in " + se\#
        conds.toFixed(1) + " s" + without + ".");\#n    else say("happens", (run.reason ? run.reason + " " : "") + "St\#
        opped at " + grouped(run.done) + " of "\#n      + grouped(total) + ".", run.reason !== "");\#n  } else if (run\#
        .waiting) say("happens", run.waiting, true);\#n  else if (tenth !== run.tenth || $("happens").classList.contai\#
        ns("bad")) say("happens", 10 * tenth + " % done.");\#n  run.tenth = tenth;\#n  drawCounts();\#n  drawRows();\#
        \#n}\#n\#
        /// A row a label, updated in place so that the keyboard keeps its place.\#nfunction drawCounts() {\#n  const \#
        body = rowsOf("counts"), order = [...run.counts];\#n  if (!isGoing()) order.sort((a, b) => (a[0] === null) - (\#
        b[0] === null) || b[1] - a[1]);\#n  const top = Math.max(1, ...run.counts.values()), list = order.slice(0, 100\#
        );\#n  while (body.rows.length > list.length) body.lastElementChild.remove();\#n  while (body.rows.length < li\#
        st.length) {\#n    const row = make("tr"), cell = make("td", "label"), pick = make("button", "plain");\#n    p\#
        ick.type = "button";\#n    pick.addEventListener("click", () => {\#n      run.only = run.only === row.name ? u\#
        ndefined : row.name;\#n      run.page = 0;\#n      draw();\#n    });\#n    cell.append(pick);\#n    row.append\#
        (cell, bar().cell, make("td"), make("td"));\#n    body.append(row);\#n  }\#n  list.forEach(([name, count], i) \#
        => {\#n    const row = body.rows[i], pick = row.querySelector("button");\#n    const words = name === null ? "\#
        without an answer" : shown(name);\#n    row.name = name;\#n    row.className = name === null ? "" : "best";\#n\#
            if (pick.textContent !== words) pick.textContent = words;\#n    pick.setAttribute("aria-pressed", String(r\#
        un.only === name));\#n    width(row.querySelector("b"), count / top);\#n    row.cells[2].textContent = grouped\#
        (count);\#n    row.cells[3].textContent = (100 * count / Math.max(1, run.done)).toFixed(1) + " %";\#n  });\#n}\#
        \#n\#
        function drawRows() {\#n  const { only } = run, isAnswered = i => run.labels[i] !== undefined;\#n  const isIn \#
        = i => isAnswered(i) && (only === null ? run.errors.has(i) : !run.errors.has(i) && run.labels[i] === only);\#n\#
          let total = only === undefined ? table.length : run.counts.get(only) ?? 0, indices = [];\#n  run.page = Math\#
        .max(0, Math.min(run.page, Math.ceil(total / pageSize) - 1));\#n  const from = run.page * pageSize, to = Math.\#
        min(total, from + pageSize);\#n  if (only === undefined) for (let i = from; i < to; i++) indices.push(i);\#n  \#
        else for (let i = 0, seen = 0; i < table.length && seen < to; i++) if (isIn(i) && ++seen > from) indices.push(\#
        i);\#n  const body = rowsOf("rows");\#n  while (body.rows.length > indices.length) body.lastElementChild.remov\#
        e();\#n  while (body.rows.length < indices.length) {\#n    const row = make("tr");\#n    row.append(make("td")\#
        , make("td", "said"), make("td", "label"), make("td"));\#n    row.cells[1].dir = "auto";\#n    body.append(row\#
        );\#n  }\#n  indices.forEach((index, i) => {\#n    const row = body.rows[i], error = run.errors.get(index), is\#
        Done = isAnswered(index);\#n    // What stands there already is left alone: most rows change once.\#n    if (r\#
        ow.index === index && row.of === run && row.isDone === isDone) return;\#n    Object.assign(row, { index, isDon\#
        e, of: run });\#n    row.cells[0].textContent = grouped(index + 1);\#n    const texts = [table[index][run.colu\#
        mn] ?? "", table[index][run.pair] ?? ""].filter(t => t !== "");\#n    row.cells[1].textContent = shown(texts.m\#
        ap(t => cut(t, 400)).join("\n"));\#n    row.cells[2].textContent = !isDone ? "" : shown(error ?? run.labels[in\#
        dex]);\#n    row.cells[2].classList.toggle("bad", error !== undefined);\#n    row.cells[3].textContent = isDon\#
        e && !error ? score(run.scores[index]) : "";\#n  });\#n  $("back").disabled = run.page === 0;\#n  $("forth").d\#
        isabled = to >= total;\#n  $("range").textContent = total ? "rows " + grouped(from + 1) + " to " + grouped(to)\#
         + " of " + grouped(total)\#n    + (only === undefined ? "" : only === null ? " without an answer" : " of " + \#
        shown(cut(only, 40))) : "no rows";\#n}\#n\#
        $("back").addEventListener("click", () => { run.page--; drawRows(); });\#n$("forth").addEventListener("click",\#
         () => { run.page++; drawRows(); });\#n\#n/// A cell of CSV. A spreadsheet runs what begins with one of these \#
        signs, also behind white space: a ' goes before it.\#nfunction cell(value) {\#n  const isNumber = /^[+-]?(\d+\\#
        .?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);\#n  const text = !isNumber && /^(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\#
        \t\r\n])/.test(value) ? "'" + value : value;\#n  return /[",;\t\r\n']/.test(text) || text !== text.trim() ? '"\#
        ' + text.replaceAll('"', '""') + '"' : text;\#n}\#n\#
        $("download").addEventListener("click", () => {\#n  const own = ["label", "score", "error"];\#n  // As adze pr\#
        edict --csv names them; the mark at the start makes spreadsheets read UTF-8.\#n  const lines = [[...head.map(n\#
        ame => (own.includes(name) ? "input." + name : name)), ...own].map(cell).join(",")];\#n  table.forEach((record\#
        , i) => {\#n    const isDone = run.labels[i] !== undefined, error = run.errors.get(i) ?? (isDone ? "" : "not a\#
        sked");\#n    const answer = isDone && !run.errors.has(i) ? [run.labels[i], String(run.scores[i])] : ["", ""];\#
        \#n    lines.push([...head.map((_, c) => record[c] ?? ""), ...answer, error].map(cell).join(","));\#n  });\#n \#
         const blob = new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" });\#n  const link = make(\#
        "a"), url = URL.createObjectURL(blob);\#n  link.href = url;\#n  link.download = (fileName.replace(/\.[^.]*$/, \#
        "") || "texts") + "-labels.csv";\#n  link.click();\#n  setTimeout(() => URL.revokeObjectURL(url), 10000);\#n})\#
        ;\#n\#n\#
        // ---- The model --------------------------------------------------------------------------------------------\#
        ------\#nfunction trouble(words) {\#n  $("trouble").hidden = words === "";\#n  say("troubletext", words);\#n}\#
        \#nconst sections = ["classifier", "reranker", "embedding"];\#nfunction showSections(now) {\#n  for (const id \#
        of sections) $(id).hidden = id !== now;\#n  $("many").hidden = now !== "classifier";\#n}\#nlet choice = 0;\#n\#
        async function choose(name) {\#n  const mine = ++choice;\#n  [model, info, kind] = [name, null, ""];\#n  reset\#
        ();\#n  showSections("");\#n  trouble("");\#n  pairs("facts", []);\#n  say("about", "Asking the server about t\#
        he model.");\#n  $("title").textContent = shown(name);\#n  try {\#n    const { data } = await ask("info");\#n \#
           if (mine !== choice) return;\#n    [info, kind] = [data, Object.keys(data.model_type ?? {})[0] ?? ""];\#n  \#
          describe();\#n  } catch (error) {\#n    if (mine !== choice) return;\#n    say("about", "");\#n    trouble(e\#
        rror.message);\#n  }\#n}\#n\#
        function describe() {\#n  const known = sections.includes(kind);\#n  labels = Object.values(info.model_type?.[\#
        kind]?.id2label ?? {}).map(String);\#n  const first = cut(labels.slice(0, 12).join(", "), 200) + (labels.lengt\#
        h > 12 ? ", …" : "");\#n  say("about", kind === "classifier" ? "A classifier of " + counted(labels.length, "la\#
        bel") + (first && ": " + first)\#n    : kind === "reranker" ? "A reranker: how well a document answers a query\#
        "\#n    : kind === "embedding" ? "An embedder: texts as vectors, " + (info.model_type.embedding?.pooling ?? ""\#
        ) + " pooling"\#n    : "This page has no form for such a model" + (kind ? ", " + kind : ""));\#n  pairs("facts\#
        ", [["numbers", info.model_dtype], ["tokens at most", info.max_input_length],\#n    ["texts in a request", inf\#
        o.max_client_batch_size], ["requests at once", info.max_concurrent_requests],\#n    ["SHA-256", info.model_sha\#
         && cut(String(info.model_sha), 12)]]\#n    .filter(([, value]) => value !== undefined && value !== null && va\#
        lue !== "")\#n    .map(([name, value]) => [name, typeof value === "number" ? grouped(value) : String(value)]))\#
        ;\#n  say("footer", "Adze " + (info.version ?? ""));\#n  showSections(known ? kind : "");\#n  document.title =\#
         cut(model, 60) + " – Adze";\#n  delete $("explain").dataset.none;\#n  isWhole = false;\#n  for (const renew o\#
        f forms) renew();\#n  forgetAttributions();\#n  buttons();\#n}\#n\#
        async function begin() {\#n  trouble("");\#n  try {\#n    const { data } = await call("v2/repository/index", {\#
        });\#n    const models = (Array.isArray(data) ? data : []).filter(m => m && typeof m.name === "string");\#n   \#
         const ready = models.filter(m => m.state === undefined || m.state === "READY");\#n    $("model").replaceChild\#
        ren(...models.map(m => {\#n      const isReady = ready.includes(m), why = isReady ? "" : " (" + (m.reason || m\#
        .state) + ")";\#n      const option = make("option", "", m.name + why);\#n      option.value = m.name;\#n     \#
         option.disabled = !isReady;\#n      return option;\#n    }));\#n    $("models").hidden = models.length < 2;\#
        \#n    if (!models.length) throw new Failure("The server has no model.");\#n    if (!ready.length) throw new F\#
        ailure("No model is ready: " + cut(String(models[0].reason || models[0].state), 200));\#n    $("model").value \#
        = ready[0].name;\#n    await choose(ready[0].name);\#n  } catch (error) {\#n    say("about", "");\#n    troubl\#
        e(error.message);\#n  }\#n}\#n\#
        $("model").addEventListener("change", () => choose($("model").value));\#n$("again").addEventListener("click", \#
        () => (model ? choose(model) : begin()));\#nbegin();\#n})();\#n</script></body></html>\#n
        """#
}
