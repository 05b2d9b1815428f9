// The script of a page of attention: decodes the weights, and shows what a token looks at when it is pointed at or
// reached by keyboard. It makes no markup of any data. Not here: which weights there are, see `AttentionData`.

/// A script that a page may run, and the hash by which the page's policy knows it.
struct PageScript {
    let text: StaticString
    /// SHA-256 in base64; a test holds it to the text.
    let hash: StaticString
}

extension PageScript {
    static let attention = PageScript(text: attentionText, hash: "tttrciS/nNkkxXWT5PT9jLujRP8k290fCBVEgRoZgfI=")
}

private let attentionText: StaticString = """
    "use strict";
    (() => {
    const holder = document.getElementById("weights"), box = document.getElementById("text");
    const plan = JSON.parse(holder.dataset.plan), T = plan.tokens, A = plan.heads, views = plan.layers * (A + 1) + 1;
    function bytes(name) {
      const text = atob(holder.dataset[name]), out = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
      return out;
    }
    const full = bytes("full"), rows = bytes("rows"), pictures = bytes("pictures");
    const spans = new Map(), shown = new Set(plan.shown), order = [];
    for (const span of box.querySelectorAll("[data-i]")) { spans.set(+span.dataset.i, span); order.push(+span.dataset.i); }
    const layer = document.getElementById("layer"), head = document.getElementById("head");
    const status = document.getElementById("status"), svg = box.querySelector("svg");
    let view = plan.layer * (A + 1) + plan.head, pinned = plan.token, looking = plan.token;

    function row(view, token) {
      const place = plan.full.indexOf(view), data = place >= 0 ? full : rows;
      if (place < 0 && token !== plan.token) return null;
      const start = (place >= 0 ? place * T + token : view) * (T + 4);
      const scale = new DataView(data.buffer).getFloat32(start, true);
      return Array.from(data.subarray(start + 4, start + 4 + T), code => code * scale);
    }
    function normalized(weights) {
      const some = plan.shown.map(i => weights[i]), low = Math.min(...some), high = Math.max(...some);
      if (plan.normalization === "raw") return w => w;
      if (plan.normalization === "min-max") return w => high > low ? (w - low) / (high - low) : 0;
      const mean = some.reduce((a, b) => a + b, 0) / some.length;
      const deviation = Math.sqrt(some.reduce((a, b) => a + (b - mean) ** 2, 0) / (some.length - 1));
      return w => deviation > 0 ? (w - mean) / deviation : 0;
    }
    const level = v => v >= 0.8 ? "h1" : v >= 0.6 ? "h2" : v >= 0.4 ? "h3" : v >= 0.2 ? "h4" : "";
    const name = i => (spans.get(i) ? spans.get(i).textContent : "token " + i);
    const percent = w => (100 * w).toFixed(1) + " %";
    function centre(i) {
      const r = spans.get(i).getClientRects()[0], b = box.getBoundingClientRect();
      return r ? [r.left + r.width / 2 - b.left - box.clientLeft, r.top - b.top - box.clientTop + 3] : null;
    }
    function arcs(weights, token) {
      svg.replaceChildren();
      if (!spans.has(token)) return;
      const from = centre(token), best = order.filter(i => i !== token).sort((a, b) => weights[b] - weights[a]).slice(0, 8);
      const top = best.length ? weights[best[0]] : 0;
      if (!from || top <= 0) return;
      for (const i of best) {
        const to = centre(i), share = weights[i] / top;
        if (!to || share < 0.05) continue;
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        const lift = Math.min(26, 8 + Math.abs(to[0] - from[0]) / 12);
        path.setAttribute("d", `M${from[0]} ${from[1]}Q${(from[0] + to[0]) / 2} ${Math.min(from[1], to[1]) - lift} ${to[0]} ${to[1]}`);
        path.setAttribute("stroke-width", 1 + 3 * share);
        path.setAttribute("opacity", 0.25 + 0.65 * share);
        svg.append(path);
      }
    }
    function show(token) {
      let weights = row(view, token);
      const missing = weights === null;
      if (missing) { token = plan.token; weights = row(view, token); }
      looking = token;
      const value = normalized(weights);
      for (const [i, span] of spans) {
        span.className = "t" + (shown.has(i) ? "" : " s") + (i === token ? " q" : "");
        const heat = shown.has(i) ? level(value(weights[i])) : "";
        if (heat) span.classList.add(heat);
        span.title = "token " + i + ": " + percent(weights[i]);
      }
      arcs(weights, token);
      const best = order.filter(i => shown.has(i)).sort((a, b) => weights[b] - weights[a]).slice(0, 5);
      if (plan.dropped.includes(view)) status.textContent = "This head was dropped from the model.";
      else status.textContent = (missing ? "Of this head the page holds what token " + token + " looks at. " : "")
        + "Token " + token + " (" + name(token) + ") looks at " + best.map(i => name(i) + " " + percent(weights[i])).join(", ") + ".";
      for (const cell of document.querySelectorAll(".heads button")) {
        cell.setAttribute("aria-pressed", String(+cell.dataset.view === view));
      }
    }
    function choose(next) {
      view = next;
      const isRollout = view === views - 1;
      layer.value = isRollout ? "rollout" : String(Math.floor(view / (A + 1)));
      head.disabled = isRollout;
      if (!isRollout) head.value = String(view % (A + 1));
      show(pinned);
    }
    const chosen = () => choose(layer.value === "rollout" ? views - 1 : +layer.value * (A + 1) + +head.value);
    layer.addEventListener("change", chosen);
    head.addEventListener("change", chosen);
    document.getElementById("reset").addEventListener("click", () => { pinned = plan.token; show(pinned); });
    const at = event => { const span = event.target.closest("[data-i]"); return span ? +span.dataset.i : null; };
    box.addEventListener("mouseover", event => { const i = at(event); if (i !== null) show(i); });
    box.addEventListener("mouseleave", () => show(pinned));
    function pin(i) {
      for (const [j, span] of spans) span.tabIndex = j === i ? 0 : -1;
      pinned = i;
      show(i);
    }
    box.addEventListener("focusin", event => { const i = at(event); if (i !== null) pin(i); });
    box.addEventListener("click", event => { const i = at(event); if (i !== null) spans.get(i).focus(); });
    const step = (event, list, now, jumps) => {
      const move = jumps[event.key];
      if (move === undefined) return;
      const next = list[Math.max(0, Math.min(list.length - 1, move === Infinity ? list.length - 1 : move === -Infinity ? 0 : list.indexOf(now) + move))];
      event.preventDefault();
      next.focus();
    };
    const ends = { Home: -Infinity, End: Infinity };
    box.addEventListener("keydown", event => {
      const list = order.map(i => spans.get(i));
      step(event, list, event.target.closest("[data-i]"), { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10, ...ends });
    });
    const cells = Array.from(document.querySelectorAll(".heads button")), side = plan.side;
    for (const cell of cells) {
      const context = cell.firstElementChild.getContext("2d"), image = context.createImageData(side, side);
      const start = +cell.dataset.view * side * side;
      for (let i = 0; i < side * side; i++) image.data.set([224, 60, 10, pictures[start + i]], 4 * i);
      context.putImageData(image, 0, 0);
      cell.addEventListener("click", () => choose(+cell.dataset.view));
      cell.addEventListener("focus", () => { for (const other of cells) other.tabIndex = other === cell ? 0 : -1; });
    }
    document.querySelector(".heads").addEventListener("keydown", event => {
      step(event, cells, event.target.closest("button"), { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -A - 1, ArrowDown: A + 1, ...ends });
    });
    addEventListener("resize", () => show(looking));
    choose(view);
    })();
    """
