"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.getElementById("report");
  const preview = data.run.mode === "preview";

  // ---- Elements. What pages say gets in by textContent alone. ----

  const unfit = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;
  const fit = (text) => String(text).replace(unfit, (c) => (c === "\n" || c === "\t" ? c : ""));
  const count = (n, one, many = one + "s") => (n === 1 ? "1 " + one : n.toLocaleString("en") + " " + many);

  function el(name, attributes, ...children) {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "on") for (const [event, call] of Object.entries(value)) e.addEventListener(event, call);
      else if (key === "checked" || key === "value") e[key] = value;
      else e.setAttribute(key, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child === undefined || child === null || child === false) continue;
      e.append(child instanceof Node ? child : document.createTextNode(fit(child)));
    }
    return e;
  }

  const hidden = (text) => el("span", { class: "visually-hidden" }, text);

  function address(url) {
    return /^https?:\/\//i.test(url) ? el("a", { class: "address", href: url, target: "_blank", rel: "noopener noreferrer" }, url) : el("span", { class: "address" }, url);
  }

  let ids = 0;
  const newID = () => "e" + ++ids;

  // ---- Long lists: rows are made when they come near the screen. ----

  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) fill(entry.target);
  }, { rootMargin: "1200px" });
  const pending = new Map();

  function fill(chunk) {
    const make = pending.get(chunk);
    if (!make) return;
    pending.delete(chunk);
    watch.unobserve(chunk);
    make();
    chunk.style.minHeight = "";
  }

  function lazy(place, items, make, height, size = 50) {
    for (const chunk of place.children) { pending.delete(chunk); watch.unobserve(chunk); }
    place.replaceChildren();
    for (let i = 0; i < items.length; i += size) {
      const some = items.slice(i, i + size);
      const chunk = el("div", { class: "chunk" });
      chunk.style.minHeight = some.length * height + "px";
      pending.set(chunk, () => chunk.replaceChildren(make(some)));
      place.append(chunk);
      if (i < 2 * size) fill(chunk); else watch.observe(chunk);
    }
  }

  window.addEventListener("beforeprint", () => { for (const chunk of [...pending.keys()]) fill(chunk); });

  // ---- Differences of texts. ----

  let sideBySide = false;
  const drawn = new Set();

  function difference(texts, change) {
    const place = el("div", { class: "texts" });
    const draw = () => {
      const steps = texts?.diff ?? [];
      const one = !steps.some((s) => s[0] >= 2 && s[0] <= 4);
      place.replaceChildren();
      for (const p of texts?.passages ?? []) {
        place.append(el("figure", { class: "passage" }, el("figcaption", null, p.rule), el("blockquote", null, p.before, el("mark", null, p.found), p.after)));
      }
      if (texts?.note) place.append(el("p", { class: "quiet" }, texts.note));
      if (steps.length) place.append(sideBySide && !one ? columns(steps) : inline(steps, one));
      else if (change.before && change.after && !texts?.note) place.append(el("p", { class: "quiet" }, "The texts are the same."));
    };
    draw();
    drawn.add(draw);
    return place;
  }

  const pieces = (list, side) => list.map((p) => {
    if (typeof p === "string") return p;
    return [side !== 1 && p[0] && el("del", null, p[0]), side !== 0 && p[1] && el("ins", null, p[1])];
  }).flat();

  const stay = (n) => "… " + count(n, "line") + " that stay" + (n === 1 ? "s" : "");
  const more = (n) => "… and " + count(n, "more line") + " that this file does not show";

  function inline(steps, one) {
    return el("div", { class: "diff", role: "group", "aria-label": one ? "The text" : "What changes in the text", tabindex: 0 }, steps.map(([kind, what]) => {
      switch (kind) {
        case 0: return el("p", null, what);
        case 1: return el("p", { class: "skipped" }, stay(what));
        case 2: return el("p", { class: "changed" }, pieces(what));
        case 3: return el("p", { class: "goes" }, el("del", null, what));
        case 4: return el("p", { class: "comes" }, el("ins", null, what));
        default: return el("p", { class: "skipped" }, more(what));
      }
    }));
  }

  function columns(steps) {
    const side = (n) => steps.map(([kind, what]) => {
      switch (kind) {
        case 0: return [el("p", { class: n === 1 && "twice" }, what)];
        case 1: return [el("p", { class: n === 1 ? "skipped twice" : "skipped" }, stay(what))];
        case 2: return [el("p", { class: "changed" }, pieces(what, n))];
        case 3: return [el("p", { class: n === 0 ? "goes" : "none" }, n === 0 && el("del", null, what))];
        case 4: return [el("p", { class: n === 1 ? "comes" : "none" }, n === 1 && el("ins", null, what))];
        default: return [el("p", { class: n === 1 ? "skipped twice" : "skipped" }, more(what))];
      }
    });
    const [left, right] = [side(0), side(1)];
    const head = (text) => el("p", { class: "side" }, text);
    return el("div", { class: "diff columns", role: "group", "aria-label": "The text before and after, side by side", tabindex: 0 },
      head("In Intercom"), head("On the site"), steps.map((_, i) => [...left[i], ...right[i]]).flat());
  }

  // ---- Changes. ----

  const verbs = { "+": "create", "~": "update", "-": "delete", "=": "unchanged", "?": "held" };
  const rows = [];
  for (const source of data.sources) {
    source.byID = new Map();
    for (const row of source.changes) {
      source.byID.set(row.change.external_id, row);
      const c = row.change;
      const v = c.after ?? c.before ?? { url: c.external_id, title: "" };
      Object.assign(row, { source, title: v.title || v.url, url: v.url, kind: c.pending ? "pending" : verbs[c.action], wants: verbs[c.wants] });
      rows.push(row);
    }
  }

  // What a search looks in is put together by the first one.
  const haystack = (row) => (row.haystack ??= [row.title, row.url, row.change.reason, row.change.guard ?? "", ...(row.change.findings ?? []).map((f) => f.rule)].join("\n").toLowerCase());

  function why(row) {
    const c = row.change;
    let text = c.reason;
    if (c.held_since) text += "; held since " + c.held_since;
    if (c.decided) text += "; " + ({ approve: "approved", reject: "rejected", withdraw: "withdrawn" }[c.decided.verdict] ?? c.decided.verdict) + " by " + c.decided.by;
    return text;
  }

  function badge(row) {
    const words = { held: "would " + row.wants, pending: "would " + row.wants + " later", ...(preview ? {} : { create: "created", update: "updated", delete: "deleted" }) };
    return el("span", { class: "badge " + (row.failed ? "failed" : row.kind) }, row.failed ? "failed: " + row.kind : words[row.kind] ?? row.kind);
  }

  function facts(row) {
    const { before, after } = row.change;
    const list = [];
    if (before && after && before.title !== after.title) list.push(["Title was", before.title]);
    if (before && after && before.url !== after.url) list.push(["Address was", before.url]);
    if (before && after && (before.ai_agent !== after.ai_agent || before.ai_copilot !== after.ai_copilot)) list.push(["Answered by", who(before) + " → " + who(after)]);
    if (row.failed) list.push(["Intercom said", row.failed]);
    for (const f of row.change.findings ?? []) {
      list.push([f.kind, [f.rule, f.where, f.count > 1 && f.count + " times", f.excerpt].filter(Boolean).join(" · ")]);
    }
    return list.length > 0 && el("dl", { class: "facts" }, list.map(([k, v]) => [el("dt", null, k), el("dd", null, v)]).flat());
  }

  const who = (v) => [v.ai_agent && "AI Agent", v.ai_copilot && "Copilot"].filter(Boolean).join(" and ") || "nobody";

  function details(row, opened, below) {
    const d = el("details", { class: "page" }, el("summary", null, badge(row), el("span", { class: "name" }, row.title), el("span", { class: "quiet why" }, why(row))));
    d.addEventListener("toggle", () => {
      if (d.open && d.children.length === 1) {
        d.append(el("div", { class: "body" }, el("p", null, address(row.url)), facts(row), difference(row.texts, row.change), below?.()));
      }
      opened?.(d.open);
    });
    return d;
  }

  // ---- Decisions. ----

  const verdicts = new Map(); // row → approve, reject or withdraw
  const shows = new Map(); // row → what shows what was decided
  const refresh = (row) => { for (const show of shows.get(row) ?? []) show(); };
  function showing(row, show) {
    shows.set(row, [...(shows.get(row) ?? []), show]);
    show();
  }

  function choices(row) {
    const c = row.change;
    const mayReject = c.action === "?" && !c.pending;
    const mayWithdraw = c.remote_id && !c.unproved && !c.surplus && !c.foreign && c.action !== "-" && c.decided?.verdict !== "withdraw";
    return [mayReject && row.release !== "never" && "approve", mayReject && "reject", mayWithdraw && "withdraw"].filter(Boolean);
  }

  const labels = { "": "Later", approve: "Approve", reject: "Reject", withdraw: "Withdraw" };
  const help = { approve: "the next sync makes this change", reject: "what Intercom has stays", withdraw: "nobody is answered from the page any more" };

  function decide(row, verdict) {
    if (verdict) verdicts.set(row, verdict); else verdicts.delete(row);
    refresh(row);
    tray.update();
  }

  function decision(row) {
    const may = choices(row);
    if (row.masked) return [el("p", { class: "quiet" }, "Its address has in it what was found, so this file cannot name it: decide by fincrawl approve, with the address from the site.")];
    if (may.length === 0) return [];
    const name = newID();
    const hint = row.release === "url" && may.includes("approve") && el("p", { class: "quiet hint", id: newID() }, "It can be approved once its passage is open: open it above, and look.");
    let open = false;
    const inputs = ["", ...may].map((verdict) => el("input", { type: "radio", name, value: verdict, id: newID(), "aria-describedby": verdict === "approve" && hint ? hint.id : undefined,
      on: { change: (e) => e.target.checked && decide(row, verdict) } }));
    const show = () => {
      for (const input of inputs) {
        input.checked = input.value === (verdicts.get(row) ?? "");
        input.disabled = input.value === "approve" && Boolean(hint) && !open && !input.checked;
      }
      if (hint) hint.hidden = open;
    };
    const set = el("fieldset", { class: "decide" }, el("legend", { class: "visually-hidden" }, "Decision on " + row.title),
      inputs.map((input) => el("span", { class: "choice" }, input, el("label", { for: input.id, title: help[input.value] }, input.value || may.includes("reject") ? labels[input.value] : preview ? "As planned" : "As it is"))));
    showing(row, show);
    return [set, hint, (isOpen) => { open = isOpen; show(); }];
  }

  function card(row) {
    const [set, hint, opened] = decision(row);
    const never = row.asks && row.release === "never" && el("p", { class: "quiet" }, "It cannot be approved: " + (row.source.advice?.[row.change.guard] ?? ""));
    const guards = [row.change.guard, ...(row.change.also ?? [])].map((g) => el("span", { class: "flag off plain", title: data.holds[g] }, g));
    return el("li", { class: "item" }, details(row, opened), el("div", { class: "under" }, el("span", { class: "guards" }, hidden("Held by "), guards, row.change.live && el("span", { class: "badge failed" }, "in Intercom already")), set), hint, never);
  }

  function line(row) {
    return el("li", { class: "item slim" }, details(row, undefined, () => !row.asks && el("div", { class: "under" }, decision(row)[0])));
  }

  const list = (make) => (some) => el("ul", { class: "items" }, some.map(make));

  // plan is what leaves the page: as preview --out has it, with what was decided.
  function plan() {
    const sources = [];
    for (const source of data.sources) {
      if (source.error || !source.import_source) continue;
      const changes = [];
      let deletes = 0;
      for (const row of source.changes) {
        const c = { ...row.change };
        const verdict = verdicts.get(row);
        if (c.action === "?") c.approved = verdict === "approve";
        else if (!verdict && !(preview && c.action !== "=")) continue;
        if (verdict === "reject" || verdict === "withdraw") c.verdict = verdict;
        if (preview && c.action === "-") deletes++;
        if (!row.masked) changes.push(c);
      }
      for (const [row, verdict] of verdicts) if (row.source === source && !source.changes.includes(row)) changes.push({ ...row.change, verdict });
      if (preview || changes.length) sources.push({ name: source.name, import_source: source.import_source, deletes, changes });
    }
    return JSON.stringify({ fincrawl_plan: 1, run: data.run.id, created: data.run.created, workspace: data.run.workspace,
      by: tray.by.value.trim() || undefined, reason: tray.reason.value.trim() || undefined, sources }, null, 1) + "\n";
  }

  const tray = (() => {
    const file = "decisions-" + data.run.id.replace(/[^\w-]/g, "") + ".json";
    const by = el("input", { type: "text", id: newID(), autocomplete: "name", maxlength: 200 });
    const reason = el("input", { type: "text", id: newID(), maxlength: 500 });
    const said = el("p", { class: "said", role: "status", "aria-live": "polite" });
    const text = el("textarea", { readonly: true, rows: 8, spellcheck: "false", "aria-label": "The file, to be copied" });
    const done = el("p", { class: "quiet" });
    const save = el("button", { type: "button", class: "primary", on: { click: () => {
      const link = el("a", { download: file });
      link.href = URL.createObjectURL(new Blob([plan()], { type: "application/json" }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      saved = true;
      done.textContent = "Saved as " + file + ", where this browser puts downloads.";
    } } }, "Save the file");
    const server = document.getElementById("server");
    const send = server && el("button", { type: "button", class: "primary", on: { click: () => {
      server.elements.plan.value = plan();
      saved = true;
      server.submit();
    } } }, "Decide");
    const copy = el("button", { type: "button", on: { click: async () => {
      text.value = plan();
      shown.open = true;
      text.select();
      let copied = false;
      try { await navigator.clipboard.writeText(text.value); copied = true; } catch { copied = document.execCommand("copy"); }
      saved = saved || copied;
      done.textContent = copied ? "Copied." : "Copy the text above by hand.";
    } } }, "Copy it");
    const clear = el("button", { type: "button", on: { click: () => { for (const row of [...verdicts.keys()]) decide(row, ""); } } }, "Forget all");
    const shown = el("details", { on: { toggle: () => { if (shown.open) text.value = plan(); } } }, el("summary", null, "As text"), text);
    const box = el("aside", { class: "tray", "aria-label": "Your decisions", hidden: true },
      el("div", { class: "inner" }, said,
        el("div", { class: "fields" }, !server && [el("label", { for: by.id }, "Who decides"), by], el("label", { for: reason.id }, "Why"), reason),
        el("div", { class: "buttons" }, send || save, copy, clear), done, shown,
        server ? el("p", { class: "quiet" }, "Nothing has happened yet. What you decide is recorded under your name, and the next run does it.") :
        el("p", { class: "quiet" }, "Nothing has happened yet. It happens by ", el("code", null, "fincrawl approve --file " + file), " before the next sync, or at once by ",
          el("code", null, "fincrawl sync --plan " + file), preview ? ", which sends all that this page shows and nothing else." : ", which does what was decided here and nothing else.")));
    let saved = true;
    addEventListener("beforeunload", (e) => { if (!saved && verdicts.size) e.preventDefault(); });
    return { box, by, reason, update() {
      const n = (v) => [...verdicts.values()].filter((x) => x === v).length;
      const parts = [[n("approve"), "approved"], [n("reject"), "rejected"], [n("withdraw"), "withdrawn"]].filter(([k]) => k).map(([k, w]) => k + " " + w);
      saved = false;
      box.hidden = parts.length === 0;
      document.body.classList.toggle("deciding", !box.hidden);
      said.textContent = parts.join(", ") || "Nothing decided";
      done.textContent = "";
      if (shown.open) text.value = plan();
    } };
  })();

  // ---- Sections. ----

  const nav = document.getElementById("sections");

  function section(id, title, short, n, ...children) {
    const h = newID();
    root.append(el("section", { id, "aria-labelledby": h }, el("h2", { id: h }, title, n !== undefined && el("span", { class: "count" }, n.toLocaleString("en"))), children));
    nav.append(el("a", { href: "#" + id }, short));
  }

  function waiting() {
    const asks = rows.filter((r) => r.asks);
    const groups = new Map();
    for (const row of asks) {
      const key = data.sources.indexOf(row.source) + " " + row.change.guard;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(row);
    }
    const children = [...groups.values()].map((group) => {
      const { source, change } = group[0];
      const free = group.filter((r) => r.release === "guard" && !r.masked);
      const place = el("div");
      lazy(place, group, list(card), 120, 25);
      const all = (verdict, some) => el("button", { type: "button", on: { click: () => { for (const r of some) verdicts.set(r, verdict); for (const r of some) refresh(r); tray.update(); } } },
        labels[verdict] + " all " + some.length, hidden(" of " + source.name + " held by " + change.guard));
      return el("div", { class: "group" }, el("h3", null, source.name, el("span", { class: "quiet" }, " held by " + change.guard)),
        el("p", { class: "quiet" }, (source.advice?.[change.guard] ?? data.holds[change.guard] ?? "").replaceAll("`", "")),
        free.length > 1 && el("p", { class: "buttons" }, all("approve", free), all("reject", free)), place);
    });
    if (asks.length === 0) children.push(el("p", { class: "quiet" }, "Nothing is held that waits for a person."));
    section("waiting", "Waiting for you", "Waiting", asks.length, children);
  }

  const order = ["create", "update", "delete", "held", "pending", "unchanged"];

  function changes() {
    const search = el("input", { type: "search", id: newID(), placeholder: "Title, address, reason" });
    const pick = el("select", { id: newID() }, el("option", { value: "" }, "all sources"), data.sources.map((s, i) => el("option", { value: String(i) }, s.name)));
    const found = el("p", { class: "quiet found", role: "status", "aria-live": "polite" });
    const kinds = ["", ...order.filter((k) => rows.some((r) => r.kind === k)), ...(rows.some((r) => r.failed) ? ["failed"] : [])];
    let kind = "";
    const chips = kinds.map((k) => el("button", { type: "button", class: "chip", "aria-pressed": String(k === ""), on: { click: (e) => {
      kind = k;
      for (const c of chips) c.setAttribute("aria-pressed", String(c === e.currentTarget));
      draw();
    } } }, k === "unchanged" ? "unchanged, with findings" : k || "all"));
    const modeName = newID();
    const mode = (label, on) => { const id = newID(); return el("span", { class: "choice" }, el("input", { type: "radio", name: modeName, id, checked: on === sideBySide, on: { change: () => { sideBySide = on; for (const d of drawn) d(); } } }), el("label", { for: id }, label)); };
    const places = data.sources.map((s) => {
      const place = el("div");
      const note = el("p", { class: "quiet" }, s.said, ". ");
      if (s.coverage) note.append(s.coverage.complete ? "The crawl was complete." : s.coverage.partial ? "Only single pages were read." : "The crawl was not complete: no page is deleted for being absent.");
      if (s.more > 0) note.append(" " + count(s.more, "more change was", "more changes were") + " not kept with the run.");
      const facts = [s.resumed && ["Went on with", "a crawl that was cut off, begun at " + s.resumed], s.import_source && s.import_source.action !== "=" && ["Import source", s.import_source.reason],
        ...(s.settings ?? []).map((t) => ["Setting changed", t])].filter(Boolean);
      const whole = el("div", { class: "group" }, el("h3", null, s.name, " ", el("span", { class: "quiet" }, s.url)), s.error && el("p", { class: "alert" }, el("strong", null, "This source failed. "), s.error), note,
        facts.length > 0 && el("dl", { class: "facts" }, facts.map(([k, v]) => [el("dt", null, k), el("dd", null, v)]).flat()), place);
      return { s, place, whole };
    });
    let before = "";
    function draw() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const now = JSON.stringify([words, kind, pick.value]);
      if (now === before) return;
      before = now;
      let n = 0;
      for (const { s, place, whole } of places) {
        const mine = pick.value === "" || data.sources[Number(pick.value)] === s;
        const some = !mine ? [] : s.changes.filter((r) => (!kind || r.kind === kind || kind === "failed" && r.failed) && words.every((w) => haystack(r).includes(w)));
        some.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
        n += some.length;
        whole.hidden = !mine || some.length === 0 && now !== '[[],"",""]';
        lazy(place, some, list(line), 66);
      }
      found.textContent = count(n, "change");
    }
    let timer;
    search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, 120); });
    pick.addEventListener("change", draw);
    draw();
    section("changes", "Changes", "Changes", rows.length,
      el("div", { class: "tools", role: "search", "aria-label": "Changes" }, el("span", { class: "field" }, el("label", { for: search.id }, "Search"), search),
        data.sources.length > 1 && el("span", { class: "field" }, el("label", { for: pick.id }, "Source"), pick),
        el("div", { class: "chips", role: "group", "aria-label": "Kinds of changes" }, chips),
        el("fieldset", { class: "decide" }, el("legend", { class: "visually-hidden" }, "How texts are compared"), mode("Inline", false), mode("Side by side", true)), found),
      places.map((p) => p.whole));
  }

  const audience = (s) => (s.audience.length ? "audience " + s.audience.join(", ") : "everyone");

  function table(caption, heads, body) {
    return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, el("table", { class: "grid" }, el("caption", { class: "visually-hidden" }, caption),
      el("thead", null, el("tr", null, heads.map(([h, number]) => el("th", { scope: "col", class: number && "number" }, h)))),
      el("tbody", null, body.map((cells) => el("tr", null, cells.map((c, i) => el(i ? "td" : "th", { scope: i ? undefined : "row", class: typeof c === "number" && "number" }, typeof c === "number" ? c.toLocaleString("en") : c)))))));
  }

  function readers() {
    const n = (s, f) => s.pages.filter((p) => (p[2] & 3) === f).length;
    const search = el("input", { type: "search", id: newID(), placeholder: "Title or address" });
    const place = el("div");
    const all = data.sources.flatMap((s) => s.pages.map((p) => ({ p, s, haystack: (p[0] + "\n" + p[1]).toLowerCase() })));
    // A page that does not change can be withdrawn, too.
    const out = ({ p: [title, url, flags, id], s }) => {
      const externalID = id || url;
      const row = s.byID.get(externalID) ?? { source: s, title: title || url, change: { action: "=", external_id: externalID, reason: "as it is", after: { url, title, ai_agent: (flags & 1) > 0, ai_copilot: (flags & 2) > 0 } } };
      s.byID.set(externalID, row);
      if (!(flags & 4) || row.change.decided?.verdict === "withdraw") return null;
      const button = el("button", { type: "button", class: "chip", "aria-pressed": "false", on: { click: () => decide(row, verdicts.get(row) === "withdraw" ? "" : "withdraw") } }, "Withdraw", hidden(" " + row.title));
      showing(row, () => button.setAttribute("aria-pressed", String(verdicts.get(row) === "withdraw")));
      return button;
    };
    const yes = (on, product) => el("td", { "data-label": product }, el("span", { class: "flag " + (on ? "on" : "off plain") }, on ? "yes" : "no"));
    const make = (some) => el("table", { class: "grid pages" }, el("thead", null, el("tr", null, ["Page", "AI Agent", "Copilot", "Audience", "Decide"].map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", null, some.map((x) => el("tr", null, el("th", { scope: "row" }, x.p[0] || x.p[1], el("br"), address(x.p[1])), yes(x.p[2] & 1, "AI Agent"), yes(x.p[2] & 2, "Copilot"), el("td", null, audience(x.s)), el("td", null, out(x))))));
    const draw = () => lazy(place, all.filter((x) => search.value.toLowerCase().split(/\s+/).every((w) => x.haystack.includes(w))), make, 62);
    let timer;
    search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, 120); });
    const pages = el("details", { class: "more", on: { toggle: () => { if (pages.open && !place.children.length) draw(); } } }, el("summary", null, "Page by page"),
      el("div", { class: "tools" }, el("span", { class: "field" }, el("label", { for: search.id }, "Search"), search)), place);
    section("readers", "Who may read what", "Readers", undefined,
      el("p", { class: "quiet" }, data.run.past ? "As it is recorded of Intercom now." : preview ? "As it would be after a sync." : "As it is after this run, but for what failed."),
      table("Pages of each source, by who answers from them", [["Source"], ["Audience"], ["AI Agent and Copilot", 1], ["AI Agent only", 1], ["Copilot only", 1], ["Nobody", 1], ["Pages", 1]],
        data.sources.map((s) => [s.name, audience(s), n(s, 3), n(s, 1), n(s, 2), n(s, 0), s.pages.length])), all.length > 0 && pages);
  }

  function addresses(entries, label) {
    const place = el("div");
    const d = el("details", { class: "more", on: { toggle: () => { if (d.open && !place.children.length) lazy(place, entries, list(([url, outcome, detail]) => el("li", { class: "item slim" }, address(url), el("span", { class: "quiet why" }, [outcome, detail].filter(Boolean).join(" · ")))), 54); } } },
      el("summary", null, label), place);
    return d;
  }

  function leftOut() {
    const children = data.sources.map((s) => {
      const reasons = new Map();
      for (const [outcome, n] of Object.entries(s.coverage?.outcomes ?? {})) {
        if (!["page", "not-modified", "listing"].includes(outcome) && !s.unread.some((u) => u[1] === outcome)) reasons.set(outcome, n);
      }
      const t = s.template;
      const parts = [];
      if (reasons.size) parts.push(table("Addresses of " + s.name + " that are no pages", [["Outcome"], ["Why"], ["Addresses", 1]], [...reasons].sort((a, b) => b[1] - a[1]).map(([o, n]) => [o, data.meanings[o] ?? "", n])));
      if (t?.pages) parts.push(el("p", null, count(t.blocks, "block") + " of " + t.pages + " of the " + count(t.of, "page") + " that were read, which most of them have in common, such as menus and footers."));
      if (s.phrases) parts.push(el("p", null, "What changes with each run is no change: " + s.phrases.phrases.join(", ") + "."));
      if (s.coverage?.may_act_in_all) parts.push(el("p", null, count(s.coverage.may_act_in_all, "address was", "addresses were") + " not asked for, since that may do something: name those that are articles in discover.allow."),
        addresses(s.coverage.may_act.map((g) => [g.url, g.outcome, g.detail]), "The first of them"));
      if (s.left.length) parts.push(addresses(s.left, "Every address" + (s.left_more ? ", but for " + s.left_more : "")));
      return parts.length > 0 && el("div", { class: "group" }, el("h3", null, s.name), parts);
    }).filter(Boolean);
    section("left", "Left out, and why", "Left out", undefined, children.length ? children : el("p", { class: "quiet" }, "Nothing is known to be left out."));
  }

  function unread() {
    const n = data.sources.reduce((sum, s) => sum + Math.max(s.unread.length, s.coverage?.gaps_in_all ?? 0), 0);
    const children = data.sources.map((s) => (s.unread.length > 0 || s.coverage?.ended) && el("div", { class: "group" }, el("h3", null, s.name),
      s.coverage?.ended && el("p", { class: "alert" }, "The crawl ended before it was through: " + s.coverage.ended + "."),
      (s.mend ?? []).map((m) => el("p", null, m.replaceAll("`", ""))), el("ul", { class: "items" }, s.unread.slice(0, 500).map(([url, outcome, detail]) => el("li", { class: "item slim" }, address(url), el("span", { class: "quiet why" }, [outcome, detail].filter(Boolean).join(" · "))))))).filter(Boolean);
    section("unread", "Not read", "Not read", n, children.length ? children : el("p", { class: "quiet" }, "All that was found could be read."));
  }

  function mend() {
    const n = data.sources.reduce((sum, s) => sum + (s.lint ?? []).length, 0);
    const children = data.sources.map((s) => {
      const kinds = new Map();
      for (const a of s.lint ?? []) kinds.set(a.kind, [...(kinds.get(a.kind) ?? []), a]);
      return kinds.size > 0 && el("div", { class: "group" }, el("h3", null, s.name), [...kinds].map(([kind, some]) => {
        const place = el("div");
        const d = el("details", { class: "more", on: { toggle: () => { if (d.open && !place.children.length) lazy(place, some, list((a) => el("li", { class: "item slim" }, el("span", { class: "name" }, a.title || ""), address(a.url), a.other && address(a.other), el("span", { class: "quiet why" }, a.detail))), 80); } } },
          el("summary", null, kind, " ", el("span", { class: "count" }, some.length)), el("p", { class: "quiet" }, some[0].fix.replaceAll("`", "")), place);
        return d;
      }));
    }).filter(Boolean);
    section("mend", "Worth mending on the site", "To mend", n, children.length ? children : el("p", { class: "quiet" }, data.run.past ? "Advice is not kept with a run; fincrawl lint gives it." : "Nothing."));
  }

  waiting();
  changes();
  readers();
  leftOut();
  unread();
  mend();
  if (data.orphans?.length) {
    section("orphans", "No longer in sources.yaml", "No longer there", data.orphans.length, el("ul", null, data.orphans.map((o) => el("li", null, o.name + ": " + count(o.pages, "page") + " in Intercom still"))));
  }
  root.append(tray.box);
  document.body.classList.add("ready");
})();
