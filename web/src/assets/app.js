// The hands of Meniscus: keys, scanner, rows, live updates, kept entries, idle time. One file, no library.
// Every page works without it. What must stay true: a scan never stays in a field it was not meant for and
// never triggers a key; the row one stands on never moves; nothing is sent twice; no password is kept.
"use strict";
(() => {
  const doc = document, root = doc.documentElement;
  const $ = (css, at = doc) => at.querySelector(css);
  const $$ = (css, at = doc) => [...at.querySelectorAll(css)];
  const say = (text) => { const line = $("#say"); if (line) line.textContent = text; };
  const isField = (el) => !!el && (/^(TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable ||
    (el.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(el.type)));
  const store = (where, key, value) => {
    try {
      if (value === undefined) return where.getItem(key);
      if (value === null) where.removeItem(key); else where.setItem(key, value);
    } catch { /* storage is off: the page still works */ }
    return null;
  };
  root.classList.add("js");

  // Theme: the system's unless chosen here.
  const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };
  const theme = (to) => {
    if (to) store(localStorage, "theme", to);
    const kept = store(localStorage, "theme"), is = THEMES[kept] ? kept : "auto";
    if (is === "auto") delete root.dataset.theme; else root.dataset.theme = is;
    $$("[data-theme-toggle]").forEach((b) => { b.innerHTML = `<span class=hide>Theme: </span>${THEMES[is]}`; });
    return is;
  };
  theme();

  // Rows: one tab stop a grid; the row one stands on is remembered for the page.
  const rowsOf = (grid) => $$("tr[data-row]", grid);
  const here = () => location.pathname + location.search;
  const current = () => $("table[data-grid].lead tr.at") || $("table[data-grid] tr.at");
  const stand = (row, focus = true) => {
    if (!row) return;
    const grid = row.closest("table");
    $$("table[data-grid]").forEach((g) => g.classList.toggle("lead", g === grid));
    rowsOf(grid).forEach((r) => {
      const on = r === row;
      r.classList.toggle("at", on);
      r.tabIndex = on ? 0 : -1;
      $$("a, button, input, select", r).forEach((el) => { el.tabIndex = on && el.type !== "radio" ? 0 : -1; });
    });
    const pick = $(".pick input", row);
    if (pick) pick.checked = true;
    store(sessionStorage, "row:" + here(), row.dataset.id);
    if (focus && !row.contains(doc.activeElement)) row.focus();
  };
  const walk = (step, from = current()) => {
    const rows = rowsOf(from ? from.closest("table") : $("table[data-grid]") || doc);
    const at = rows.indexOf(from);
    stand(rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))]);
  };
  const byId = (id, at = doc) => id && $(`tr[data-row][data-id="${CSS.escape(id)}"]`, at);
  const openRow = (row) => { if (row && row.dataset.href) go(row.dataset.href); };
  const go = (href) => { location.assign(href); };

  // Ages tick from the server's clock, not from this machine's.
  let skew = 0;
  const words = (s) => {
    const m = Math.max(0, Math.floor(s / 60));
    return m < 120 ? `${m} min` : m < 2880 ? `${Math.floor(m / 60)}:${String(m % 60).padStart(2, "0")} h`
      : `${Math.floor(m / 1440)} d ${Math.floor((m % 1440) / 60)} h`;
  };
  const tick = () => $$("time[data-age]").forEach((el) => {
    const s = (Date.now() + skew - Date.parse(el.dateTime)) / 1000;
    if (Number.isNaN(s)) return;
    const text = words(s);
    if (el.firstChild && el.firstChild.nodeValue !== text) el.firstChild.nodeValue = text;
    el.classList.toggle("late", !!el.dataset.target && s > +el.dataset.target);
  });

  // Keys. Letters wait 40 ms, so that the first letters of a scan do nothing.
  let queue = [], timer = 0, going = 0;
  const PAUSE = 40, GAP = 35, SCAN = 6;
  const burst = { text: "", last: 0, field: null, was: "" };
  const keyed = (k) => {
    const css = `[data-key="${CSS.escape(k)}"]`, row = current();
    return (row && $(css, row)) || $$(`main ${css}, #flash ${css}`).find((el) => !el.closest("tr[data-row]"));
  };
  const run = (k) => {
    if (going) {
      clearTimeout(going); going = 0; doc.body.classList.remove("going");
      const to = $(`[data-go="${CSS.escape(k)}"]`);
      if (to) go(to.href);
      return;
    }
    if (k === "/") { const find = $("#find"); if (find) { find.focus(); find.select(); } }
    else if (k === "?") keys();
    else if (k === "g") { doc.body.classList.add("going"); going = setTimeout(() => { going = 0; doc.body.classList.remove("going"); }, 1500); }
    else if (k === "j") walk(1);
    else if (k === "k") walk(-1);
    else if (k === "u") $$(".wait").forEach((b) => b.click());
    else { const el = keyed(k); if (el) el.click(); }
  };
  const flush = () => { clearTimeout(timer); const all = queue; queue = []; all.forEach(run); };
  const isScan = () => burst.text.length >= SCAN && performance.now() - burst.last <= GAP && /\d/.test(burst.text);
  const scanned = (text) => {
    queue = []; clearTimeout(timer); burst.text = "";
    if (burst.field && burst.field.isConnected) { burst.field.value = burst.was; burst.field.dispatchEvent(new Event("input", { bubbles: true })); }
    const form = (doc.activeElement && doc.activeElement.closest("form[data-scan]")) || $("form[data-scan]");
    const input = form && ($("[data-scan-input]", form) || $("input:not([type=hidden])", form));
    if (!input) return go("/find?q=" + encodeURIComponent(text));
    input.value = text; form.requestSubmit();
  };
  const track = (e) => {
    const now = performance.now(), el = doc.activeElement;
    const next = now - burst.last <= GAP && burst.text;
    burst.last = now;
    if (!next) Object.assign(burst, { text: "", field: null });
    if (!burst.field && isField(el) && el.type !== "password") Object.assign(burst, { field: el, was: el.value });
    burst.text += e.key;
  };
  const inField = (e, el) => {
    if (e.key === "Escape") {
      if (el.closest("dialog")) return;
      el.blur(); const row = el.closest("tr[data-row]") || current(); if (row) row.focus(); else $("#main").focus();
    } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { if (el.form) { e.preventDefault(); el.form.requestSubmit(); } }
    else if (el.dataset.entry !== undefined && /^(Enter|ArrowDown|ArrowUp)$/.test(e.key)) {
      e.preventDefault();
      const all = $$("[data-entry]", el.closest("table") || doc), to = all[all.indexOf(el) + (e.key === "ArrowUp" ? -1 : 1)];
      if (to) { const row = to.closest("tr[data-row]"); if (row) stand(row, false); to.tabIndex = 0; to.focus(); to.select(); }
    }
  };
  const onKey = (e) => {
    if (e.isComposing || e.altKey) return;
    const el = doc.activeElement, field = isField(el);
    if (e.ctrlKey || e.metaKey) { if (field) inField(e, el); return; }
    if (e.key === "Enter") {
      if (isScan() && el.type !== "password") { e.preventDefault(); e.stopPropagation(); return scanned(burst.text); }
      burst.text = ""; flush();
    }
    if ($("dialog[open]")) return;
    const letter = e.key.length === 1;
    if (!field && letter && !e.repeat) {
      const row = el && el.closest("tr[data-row]"), entry = row && /[\d.<>-]/.test(e.key) && !queue.length && $("[data-entry]", row);
      if (entry) { entry.tabIndex = 0; entry.focus(); entry.select(); }
    }
    if (letter && !e.repeat) track(e);
    if (isField(doc.activeElement)) { inField(e, doc.activeElement); return; }
    if (letter) {
      if (e.key === " " && burst.text.length < 2) return;
      e.preventDefault(); queue.push(e.key); clearTimeout(timer); timer = setTimeout(flush, PAUSE);
    } else if (e.key === "Enter") { const row = doc.activeElement; if (row.matches("tr[data-row]")) { e.preventDefault(); openRow(row); } }
    else if (el.type !== "radio" && /^Arrow(Up|Down)$/.test(e.key) && current()) { e.preventDefault(); walk(e.key === "ArrowDown" ? 1 : -1); }
    else if (/^(Home|End)$/.test(e.key) && el.matches("tr[data-row]")) { e.preventDefault(); walk(e.key === "End" ? 1e6 : -1e6); }
    else if (e.key === "Escape") { const row = current(); if (row) row.focus(); }
  };
  const keys = () => {
    const dialog = $("#keys"), list = $("#keys-here");
    if (!dialog) return;
    const seen = new Map();
    $$("main [data-key], #flash [data-key]").forEach((el) => {
      const name = el.cloneNode(true); $$("kbd", name).forEach((k) => k.remove());
      if (!seen.has(el.dataset.key)) seen.set(el.dataset.key, el.dataset.label || name.textContent.trim());
    });
    list.replaceChildren(...[...seen].map(([k, what]) => {
      const line = doc.createElement("div"), dt = doc.createElement("dt"), dd = doc.createElement("dd"), key = doc.createElement("kbd");
      key.textContent = k; dd.textContent = what; dt.append(key); line.append(dt, dd); return line;
    }));
    list.previousElementSibling.hidden = !seen.size;
    dialog.showModal();
  };

  // Forms sent in place: the answer, always a whole page, takes the place of this one; one stands on the next row.
  const failed = (text) => {
    const line = $("#flash"), box = doc.createElement("div");
    if (!line) return;
    box.className = "flash refused"; box.dataset.kind = "refused"; box.textContent = text; line.replaceChildren(box);
  };
  const send = async (form, by) => {
    form.setAttribute("aria-busy", "true");
    const row = current(), id = row && row.dataset.id, at = row ? rowsOf(row.closest("table")).indexOf(row) : -1;
    try {
      const answer = await fetch((by && by.getAttribute("formaction")) || form.getAttribute("action") || location.href,
        { method: "POST", body: new URLSearchParams(new FormData(form, by)), headers: { "X-Meniscus": "act" } });
      const html = await answer.text();
      if (!/html/.test(answer.headers.get("content-type") || "")) throw new Error("not a page");
      swap(html, answer.url, { id, at });
    } catch {
      form.removeAttribute("aria-busy");
      failed("Not confirmed: the connection failed. Look at the row before sending again; what you typed is kept.");
    }
  };
  const swap = (html, url, { id, at }) => {
    const fresh = new DOMParser().parseFromString(html, "text/html"), same = new URL(url).pathname === location.pathname;
    const y = scrollY;
    doc.title = fresh.title;
    if (!same || new URL(url).search !== location.search) history.pushState(null, "", url);
    doc.body.replaceWith(fresh.body);
    if (same) scrollTo(0, y); else scrollTo(0, 0);
    start();
    const rows = $$("table[data-grid] tr[data-row]");
    const auto = $("main [aria-invalid=true]") || $("main [autofocus]");
    if (auto) auto.focus(); else if (same && rows.length && at >= 0) stand(byId(id) || rows[Math.min(at, rows.length - 1)]);
    else if (!$("tr.at")) $("#main").focus({ preventScroll: true });
    const said = $("#flash .flash span"); // a region that comes with its text is not read out
    if (said) { const text = said.textContent; setTimeout(() => say(text), 80); }
  };
  const onSubmit = (e) => {
    const form = e.target, by = e.submitter;
    if (form.getAttribute("aria-busy") === "true") return e.preventDefault();
    const get = (((by && by.getAttribute("formmethod")) || form.getAttribute("method")) || "get") === "get";
    if (form.id === "sign-out") { $$s("draft:" + user()).forEach((k) => store(sessionStorage, k, null)); return; }
    if (get || form.method === "dialog") return;
    const kept = draftKey(form), text = kept && store(sessionStorage, kept);
    if (text) store(sessionStorage, kept, JSON.stringify({ ...JSON.parse(text), sent: true }));
    if (form.dataset.inplace === undefined) { form.setAttribute("aria-busy", "true"); return; }
    e.preventDefault(); send(form, by);
  };

  // Entries not sent yet, kept per person and page; let go once the server says done.
  const user = () => doc.body.dataset.user || "";
  const $$s = (start) => { try { return Object.keys(sessionStorage).filter((k) => k.startsWith(start)); } catch { return []; } };
  const draftKey = (form) => form.dataset.draft !== undefined && user() && `draft:${user()}:${here()}:${form.id}`;
  const fieldsOf = (form) => [...form.elements].filter((el) => el.name && !/^(hidden|password|file|submit|button)$/.test(el.type) && el.tagName !== "BUTTON");
  const keep = (form) => {
    const key = draftKey(form);
    if (!key || form.getAttribute("aria-busy") === "true") return; // leaving the page also says "change"
    const entries = fieldsOf(form).map((el, n) => [n, el.name, /radio|checkbox/.test(el.type) ? el.checked : el.value]);
    store(sessionStorage, key, JSON.stringify({ at: Date.now(), entries }));
  };
  const restore = () => {
    const said = $("#flash [data-kind]"), done = said && said.dataset.kind === "done";
    if (done) $$s("draft:" + user()).forEach((k) => { if (/"sent":true/.test(store(sessionStorage, k))) store(sessionStorage, k, null); });
    $$("form[data-draft]").forEach((form) => {
      const key = draftKey(form), text = key && store(sessionStorage, key);
      if (!text) return;
      const fields = fieldsOf(form);
      let changed = 0;
      JSON.parse(text).entries.forEach(([n, name, value]) => {
        const el = fields[n], what = el && /radio|checkbox/.test(el.type) ? "checked" : "value";
        if (el && el.name === name && el[what] !== value) { el[what] = value; changed++; }
      });
      if (!changed) return;
      const note = doc.createElement("p"), drop = doc.createElement("button");
      note.className = "restored"; note.textContent = "Your unsent entries were put back.";
      drop.type = "button"; drop.className = "plain small"; drop.textContent = "Discard them";
      drop.onclick = () => { store(sessionStorage, key, null); form.reset(); note.remove(); };
      note.append(drop); form.prepend(note);
    });
  };

  // Live updates: /live names what changed; the part of the page is fetched again and taken over row by row.
  // While one stands in a grid, rows change in place; what came or left waits for "u".
  let source = null, retry = 2000, lost = false;
  const due = new Set();
  let dueTimer = 0;
  const sign = (el) => {
    const copy = el.cloneNode(true);
    $$("time[data-age]", copy).forEach((t) => { t.textContent = ""; t.className = ""; });
    [copy, ...$$("[tabindex]", copy)].forEach((x) => { x.removeAttribute("tabindex"); });
    return copy.innerHTML;
  };
  const dirty = (el) => $$("input, textarea, select", el).some((i) => (i.type === "radio" || i.type === "checkbox" ? false : i.value !== i.defaultValue && i.tagName !== "SELECT"));
  const take = (old, fresh) => {
    const grid = $("table[data-grid]", old), next = $("table[data-grid]", fresh);
    if (!grid || !next) {
      if (sign(old) === sign(fresh) || dirty(old) || (old.contains(doc.activeElement) && grid)) return 0;
      const link = old.contains(doc.activeElement) && doc.activeElement.getAttribute("href");
      old.innerHTML = fresh.innerHTML;
      if (link) { const again = $(`a[href="${CSS.escape(link)}"]`, old); if (again) again.focus(); }
      return 1;
    }
    const busy = grid.contains(doc.activeElement) || grid.matches(":hover");
    const caption = $("caption", grid), told = $("caption", next);
    if (caption && told) caption.innerHTML = told.innerHTML;
    let changed = 0;
    const came = rowsOf(next).filter((row) => {
      const mine = byId(row.dataset.id, grid);
      if (!mine) return true;
      mine.classList.remove("gone");
      if (sign(mine) === sign(row) || dirty(mine)) return false;
      const at = mine.classList.contains("at"), focus = mine.contains(doc.activeElement), key = doc.activeElement.dataset && doc.activeElement.dataset.key;
      mine.replaceWith(row.cloneNode(true));
      const now = byId(row.dataset.id, grid);
      now.classList.add("fresh"); changed++;
      if (at) { stand(now, focus); if (focus && key) { const el = $(`[data-key="${CSS.escape(key)}"]`, now); if (el) el.focus(); } } else quiet(now);
      return false;
    });
    const left = rowsOf(grid).filter((row) => !byId(row.dataset.id, next));
    if (busy && (came.length || left.length)) { left.forEach((row) => row.classList.add("gone")); wait(old, fresh, came.length, left.length); }
    else if (came.length || left.length) arrange(grid, next);
    else { const button = $(".wait", old); if (button) button.remove(); }
    const text = [changed && `${changed} changed`, came.length && `${came.length} new`, left.length && `${left.length} gone`].filter(Boolean).join(", ");
    if (text) say(text);
    tick();
    return changed;
  };
  const quiet = (row) => { row.tabIndex = -1; $$("a, button, input, select", row).forEach((el) => { el.tabIndex = -1; }); };
  const arrange = (grid, next) => {
    const row = current(), inside = row && grid.contains(row), id = inside && row.dataset.id, focus = inside && row.contains(doc.activeElement);
    const y = inside && row.getBoundingClientRect().top, at = inside ? rowsOf(grid).indexOf(row) : -1;
    const kept = new Map(rowsOf(grid).map((r) => [r.dataset.id, r]));
    $("tbody", grid).replaceChildren(...[...$("tbody", next).children].map((r) => {
      const mine = kept.get(r.dataset.id);
      if (mine) return mine;
      const copy = r.cloneNode(true); copy.classList.add("fresh"); if (copy.dataset.row !== undefined) quiet(copy); return copy;
    }));
    const rows = rowsOf(grid), again = byId(id, grid) || (inside && rows[Math.min(at, rows.length - 1)]) || null;
    if (again) { stand(again, focus); if (byId(id, grid)) scrollBy(0, again.getBoundingClientRect().top - y); }
    else if (rows[0]) { rows[0].tabIndex = 0; }
  };
  const wait = (old, fresh, came, left) => {
    const button = $(".wait", old) || doc.createElement("button");
    button.type = "button"; button.className = "wait small";
    button.innerHTML = "<span></span><kbd aria-hidden=true>u</kbd>";
    button.firstChild.textContent = [came && `${came} new`, left && `${left} gone`].filter(Boolean).join(", ");
    button.onclick = () => { button.remove(); arrange($("table[data-grid]", old), $("table[data-grid]", fresh)); };
    old.append(button);
  };
  const refetch = async () => {
    const parts = [...due].filter((el) => el.isConnected);
    due.clear();
    const bySrc = new Map();
    parts.forEach((el) => { const src = el.dataset.src || location.href; bySrc.set(src, [...(bySrc.get(src) || []), el]); });
    for (const [src, els] of bySrc) {
      try {
        const answer = await fetch(src, { headers: { "X-Meniscus": "live" } });
        if (!answer.ok || answer.redirected) throw new Error("no fragment");
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        els.forEach((el) => { const fresh = page.getElementById(el.id); if (fresh && el.isConnected) take(el, fresh); });
      } catch { link(false); }
    }
  };
  const link = (on) => {
    const line = $("#link");
    if (!line) return;
    line.hidden = false; line.toggleAttribute("data-on", on);
    line.textContent = on ? "Live" : `Not live since ${new Date(Date.now() + skew).toTimeString().slice(0, 5)}`;
  };
  const listen = () => {
    if (source) source.close();
    source = null;
    const parts = $$("[data-live]"), topics = new Set(parts.map((el) => el.dataset.live));
    if (!topics.size || !user() || doc.hidden) return;
    const mine = source = new EventSource("/live");
    mine.onopen = () => { retry = 2000; link(true); if (lost) { lost = false; parts.forEach((el) => due.add(el)); refetch(); } };
    mine.onerror = () => {
      if (!lost) link(false);
      lost = true;
      if (mine.readyState === 2) { setTimeout(() => { if (source === mine) listen(); }, retry); retry = Math.min(30000, retry * 2); }
    };
    topics.forEach((topic) => mine.addEventListener(topic, () => {
      $$(`[data-live="${CSS.escape(topic)}"]`).forEach((el) => due.add(el));
      clearTimeout(dueTimer); dueTimer = setTimeout(refetch, 250);
    }));
  };

  // Idle: a warning in the last minute, then out; a word to the server now and then while someone works.
  let told = Date.now(), pinged = Date.now();
  const seen = () => {
    const now = Date.now();
    if (now - told < 1000) return;
    told = now; store(localStorage, "seen", String(now));
    const box = $("#idle");
    if (box && box.open) box.close();
    if (user() && now - pinged > 180000) { pinged = now; fetch(doc.body.dataset.stay, { method: "POST", headers: { "X-Meniscus": "stay" } }).catch(() => {}); }
  };
  const idle = () => {
    const limit = +doc.body.dataset.idle, box = $("#idle");
    if (!limit || !box) return;
    const left = Math.round(limit - (Date.now() - Math.max(told, +store(localStorage, "seen") || 0)) / 1000);
    if (left <= 0) {
      told = Date.now(); delete doc.body.dataset.idle;
      fetch(doc.body.dataset.signOut, { method: "POST" }).catch(() => {}).finally(() => go(`${doc.body.dataset.signIn}?next=${encodeURIComponent(here())}`));
    } else if (left <= 60) {
      $("#idle-left").textContent = left;
      if (!box.open) { const open = $("dialog[open]"); if (open) open.close(); box.showModal(); }
    } else if (box.open) box.close();
  };

  const start = () => {
    const now = Date.parse(doc.body.dataset.now);
    if (!Number.isNaN(now)) skew = now - Date.now();
    theme(); tick(); restore();
    store(localStorage, "seen", String(Date.now()));
    $$("form.acts").forEach((form) => { form.noValidate = true; });
    $$("table[data-grid]").forEach((grid) => { rowsOf(grid).forEach(quiet); const first = rowsOf(grid)[0]; if (first) first.tabIndex = 0; });
    if (!$("main [autofocus]")) {
      const row = byId(store(sessionStorage, "row:" + here())) || $("table[data-start] tr[data-row]");
      if (row) { stand(row, false); row.focus({ preventScroll: row.getBoundingClientRect().bottom < innerHeight - 80 }); }
    }
    listen();
  };

  addEventListener("keydown", (e) => { seen(); onKey(e); }, true);
  ["pointerdown", "wheel"].forEach((on) => addEventListener(on, seen, { passive: true }));
  doc.addEventListener("focusin", (e) => { const row = e.target.closest("tr[data-row]"); if (row && !row.classList.contains("at")) stand(row, false); });
  doc.addEventListener("click", (e) => {
    if (e.target.closest("[data-theme-toggle]")) theme({ auto: "light", light: "dark", dark: "auto" }[theme()]);
    else if (e.target.closest("[data-keys]")) keys();
    else {
      const by = e.target.closest(".acts button[data-key]");
      if (by && $(`input[name=row][form="${by.form.id}"]`) && !$(`input[name=row][form="${by.form.id}"]:checked`)) { e.preventDefault(); failed("Stand on a row first: j, k or the arrows."); return; }
      const row = e.target.closest("tr[data-row]");
      if (row && !e.target.closest("a, button, input, select, label")) stand(row);
    }
  });
  doc.addEventListener("dblclick", (e) => { const row = e.target.closest("tr[data-row]"); if (row && !e.target.closest("a, button, input, select")) openRow(row); });
  doc.addEventListener("input", (e) => { const form = e.target.form; if (form) keep(form); });
  doc.addEventListener("change", (e) => { const form = e.target.form; if (form) keep(form); });
  doc.addEventListener("submit", onSubmit);
  doc.addEventListener("visibilitychange", () => { if (doc.hidden) { if (source) source.close(); source = null; lost = true; } else listen(); });
  addEventListener("popstate", () => location.reload());
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  addEventListener("DOMContentLoaded", start);
  setInterval(idle, 1000);
  setInterval(tick, 15000);
})();
