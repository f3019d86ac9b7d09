// The hands of Meniscus: theme, rows, keys, scanner, kept entries, idle time. Every page works
// without it. What must stay true: a scan never stays in a field it was not meant for and never
// fires a key; one row is stood on at a time; nothing is sent twice; no password is kept. `live.js`
// adds what needs the server.
"use strict";
(() => {
	const doc = document,
		root = doc.documentElement;
	const $ = (css, at = doc) => at.querySelector(css);
	const $$ = (css, at = doc) => [...at.querySelectorAll(css)];
	const q = text => CSS.escape(text);
	const here = () => location.pathname + location.search;
	const go = href => location.assign(href);
	const user = () => doc.body.dataset.user || "";
	const say = text => {
		const line = $("#say");
		if (line) line.textContent = text;
	};
	const fail = text => {
		const box = doc.createElement("div");
		box.className = "flash refused";
		box.dataset.kind = "refused";
		box.textContent = text;
		if ($("#flash")) $("#flash").replaceChildren(box);
	};
	// Storage may be switched off: then nothing is remembered.
	const stored = (where, key, value) => {
		try {
			if (value === undefined) return where.getItem(key);
			if (value === null) where.removeItem(key);
			else where.setItem(key, value);
		} catch {
			/* nothing is remembered */
		}
		return null;
	};
	root.classList.add("js");

	// Theme: the system's unless chosen here.
	const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };
	const theme = to => {
		if (to) stored(localStorage, "theme", to);
		const kept = stored(localStorage, "theme"),
			is = THEMES[kept] ? kept : "auto";
		if (is === "auto") delete root.dataset.theme;
		else root.dataset.theme = is;
		$$("[data-theme-toggle]").forEach(b => {
			b.innerHTML = `<span class=hide>Theme: </span><span aria-hidden=true>◐ </span>${THEMES[is]}`;
		});
		return is;
	};
	theme();

	// Rows: one tab stop a grid. The row one stands on is washed, picked for the acts, and remembered.
	const rowsOf = grid => $$("tr[data-row]", grid);
	const byId = (id, at = doc) => id && $(`tr[data-row][data-id="${q(id)}"]`, at);
	const current = () => $("table.lead tr.at") || $("table[data-grid] tr.at");
	const reach = (row, on) => {
		row.tabIndex = on ? 0 : -1;
		$$("a, button, input, select", row).forEach(el => {
			el.tabIndex = on && el.type !== "radio" ? 0 : -1;
		});
	};
	const stand = (row, focus = true) => {
		if (!row) return;
		const grid = row.closest("table");
		$$("table[data-grid]").forEach(g => g.classList.toggle("lead", g === grid));
		rowsOf(grid).forEach(r => {
			r.classList.toggle("at", r === row);
			reach(r, r === row);
		});
		const pick = $(".pick input", row);
		if (pick) pick.checked = true;
		else
			$$(".pick input:checked").forEach(other => {
				other.checked = false; // an act never meets a row one has left for another grid
			});
		stored(sessionStorage, "row:" + here(), row.dataset.id);
		if (focus && !row.contains(doc.activeElement)) row.focus();
	};
	const walk = step => {
		const from = current(),
			all = $$("table[data-grid] tr[data-row]"), // from one grid into the next
			rows = from && Math.abs(step) > 1 ? rowsOf(from.closest("table")) : all;
		stand(rows[from ? Math.max(0, Math.min(rows.length - 1, rows.indexOf(from) + step)) : 0]);
	};
	const settle = (at = doc) =>
		$$("table[data-grid]", at).forEach(grid => rowsOf(grid).forEach((r, n) => reach(r, n === 0)));
	const openRow = row => {
		if (row.dataset.href) go(row.dataset.href);
	};

	// Ages tick from the server's clock, not from this machine's. The words are those of `age` on the
	// server.
	let skew = 0;
	const span = seconds => {
		const m = Math.max(0, Math.floor(seconds / 60)),
			h = Math.floor(m / 60);
		return m < 120
			? `${m} min`
			: m < 2880
				? `${h}:${String(m % 60).padStart(2, "0")} h`
				: `${Math.floor(h / 24)} d ${h % 24} h`;
	};
	const tick = () =>
		$$("time[data-age]").forEach(el => {
			const s = (Date.now() + skew - Date.parse(el.dateTime)) / 1000;
			if (Number.isNaN(s) || !el.firstChild) return;
			if (el.firstChild.nodeValue !== span(s)) el.firstChild.nodeValue = span(s);
			el.classList.toggle("late", !!el.dataset.target && s > +el.dataset.target);
		});

	// Keys and scanner. A scanner types at least SCAN characters, each within GAP ms of the one
	// before, then Enter. Letters wait PAUSE ms for that reason: the first letters of a scan do
	// nothing.
	const SCAN = 6,
		GAP = 35,
		PAUSE = 40;
	const burst = { text: "", last: 0, field: null, was: "" };
	let queue = [],
		timer = 0,
		going = 0;
	const isField = el =>
		!!el &&
		(/^(TEXTAREA|SELECT)$/.test(el.tagName) ||
			(el.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(el.type)));
	const keyed = key => {
		const css = `[data-key="${q(key)}"]`,
			row = current();
		return (
			(row && $(css, row)) || $$(`main ${css}, #flash ${css}`).find(el => !el.closest("tr[data-row]"))
		);
	};
	const goingTo = on => {
		clearTimeout(going);
		going = on && setTimeout(goingTo, 1500, 0);
		doc.body.classList.toggle("going", !!on);
	};
	const COMMANDS = {
		"/": () => {
			const find = $("#find");
			if (find) {
				find.focus();
				find.select();
			}
		},
		"?": () => keys(),
		g: () => goingTo(1),
		j: () => walk(1),
		k: () => walk(-1),
		u: () => $$(".wait").forEach(b => b.click()),
	};
	const run = key => {
		if (going) {
			goingTo(0);
			const to = $(`[data-go="${q(key)}"]`);
			if (to) go(to.href);
		} else if (COMMANDS[key]) COMMANDS[key]();
		else {
			const el = keyed(key);
			if (el) el.click();
		}
	};
	const flush = () => {
		clearTimeout(timer);
		const all = queue;
		queue = [];
		all.forEach(run);
	};
	// What was scanned is asked for in a form: no patient stands in an address.
	const find = text => {
		const kept = $("form.find"),
			form = kept || doc.createElement("form"),
			input = $("#find") || doc.createElement("input");
		if (kept && busy(form)) return later.push(text);
		Object.assign(input, { name: "q", value: text });
		if (!kept) {
			Object.assign(form, { method: "post", action: "/find", hidden: true });
			form.append(input);
			doc.body.append(form);
		}
		form.requestSubmit();
	};
	const later = [];
	const busy = form => form.getAttribute("aria-busy") === "true";
	const scanned = text => {
		clearTimeout(timer);
		queue = [];
		burst.text = "";
		if (burst.field && burst.field.isConnected) {
			burst.field.value = burst.was;
			burst.field.dispatchEvent(new Event("input", { bubbles: true }));
		}
		const form = doc.activeElement.closest("form[data-scan]") || $("form[data-scan]");
		const inputs = form ? $$("[data-scan-input]", form) : [];
		const empty = () => inputs.find(el => !el.value);
		const input = inputs.find(el => el === doc.activeElement) || empty() || inputs[0];
		if (!input) return find(text);
		// A scanner that hesitates after its first signs: they stand in the field already.
		if (input === burst.field && burst.was.length < 3) text = burst.was + text;
		if (busy(form)) return later.push(text); // tubes come faster than answers
		const many = input.tagName === "TEXTAREA";
		input.value = many ? `${input.value.trim()}\n${text}\n`.trimStart() : text;
		const next = many ? input : empty();
		if (!next) return form.requestSubmit();
		input.dispatchEvent(new Event("input", { bubbles: true }));
		next.focus();
	};
	const track = e => {
		const el = doc.activeElement;
		if (e.timeStamp - burst.last > GAP) Object.assign(burst, { text: "", field: null });
		if (!burst.field && isField(el) && el.type !== "password")
			Object.assign(burst, { field: el, was: el.value });
		burst.last = e.timeStamp;
		burst.text += e.key;
	};
	const inField = (e, el) => {
		if (e.key === "Escape" && !el.closest("dialog")) {
			el.blur();
			(el.closest("tr[data-row]") || current() || $("#main")).focus();
		} else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
			if (el.form) {
				e.preventDefault();
				el.form.requestSubmit();
			}
		} else if (el.dataset.entry !== undefined && /^(Enter|ArrowDown|ArrowUp)$/.test(e.key)) {
			e.preventDefault();
			const all = $$("[data-entry]", el.closest("table") || doc),
				to = all[all.indexOf(el) + (e.key === "ArrowUp" ? -1 : 1)];
			if (to) {
				stand(to.closest("tr[data-row]"), false);
				to.focus();
				to.select();
			}
			else if (e.key === "Enter" && el.form) $("button.first", el.form)?.focus(); // then it is sent
		}
	};
	const onKey = e => {
		const letter = e.key.length === 1 && !e.repeat,
			was = doc.activeElement;
		if (e.isComposing || e.altKey) return;
		if (e.ctrlKey || e.metaKey) {
			if (isField(was)) inField(e, was);
			return;
		}
		if (e.key === "Enter") {
			const fast = burst.text.length >= SCAN && e.timeStamp - burst.last <= GAP;
			if (fast && /\d/.test(burst.text) && was.type !== "password") {
				e.preventDefault();
				e.stopPropagation();
				return scanned(burst.text);
			}
			burst.text = "";
			flush();
		}
		const dialog = $("dialog[open]"),
			row = !dialog && was.closest("tr[data-row]");
		const types = letter && !isField(was) && !queue.length && /[\d.<>-]/.test(e.key);
		const entry = types && row && $("[data-entry]", row);
		if (entry) {
			entry.focus();
			entry.select();
		}
		if (letter) track(e);
		const el = doc.activeElement;
		if (dialog) return;
		if (isField(el)) inField(e, el);
		else if (e.key.length === 1) {
			if (e.key === " " && burst.text.length < 2) return;
			e.preventDefault();
			if (e.repeat && !/[jk]/.test(e.key)) return; // a key held down does a thing once
			queue.push(e.key);
			clearTimeout(timer);
			timer = setTimeout(flush, PAUSE);
		} else if (e.key === "Enter" && el.matches("tr[data-row]")) {
			e.preventDefault();
			openRow(el);
		} else if (/^Arrow(Up|Down)$/.test(e.key) && el.type !== "radio" && current()) {
			e.preventDefault();
			walk(e.key === "ArrowDown" ? 1 : -1);
		} else if (/^(Home|End)$/.test(e.key) && el.matches("tr[data-row]")) {
			e.preventDefault();
			walk(e.key === "End" ? 1e6 : -1e6);
		} else if (e.key === "Escape" && current()) current().focus();
	};
	const keys = () => {
		const list = $("#keys-here"),
			seen = new Map();
		if (!list) return;
		$$("main [data-key], #flash [data-key]").forEach(el => {
			const name = el.cloneNode(true);
			$$("kbd", name).forEach(k => k.remove());
			if (!seen.has(el.dataset.key)) seen.set(el.dataset.key, name.textContent.trim());
		});
		list.replaceChildren(
			...[...seen].map(([key, what]) => {
				const line = doc.createElement("div");
				line.innerHTML = "<dt><kbd></kbd></dt><dd></dd>";
				$("kbd", line).textContent = key;
				$("dd", line).textContent = what;
				return line;
			}),
		);
		list.previousElementSibling.hidden = !seen.size;
		$("#keys").showModal();
	};

	// Entries not sent yet, kept for this person and page, put back after a reload or a time-out, and
	// let go once the server says that what was sent is done.
	const draftsOf = () => {
		try {
			return Object.keys(sessionStorage).filter(k => k.startsWith(`draft:${user()}:`));
		} catch {
			return [];
		}
	};
	const draftKey = form =>
		form.dataset.draft !== undefined && user() && `draft:${user()}:${here()}:${form.id}`;
	const fieldsOf = form =>
		[...form.elements].filter(
			el =>
				el.name && el.tagName !== "BUTTON" && !/^(hidden|password|file|submit|button)$/.test(el.type),
		);
	const held = el => (/radio|checkbox/.test(el.type) ? "checked" : "value");
	const keep = e => {
		const form = e.target.form,
			key = form && draftKey(form);
		if (!key || busy(form)) return; // leaving the page also says "change"
		stored(
			sessionStorage,
			key,
			JSON.stringify({ entries: fieldsOf(form).map((el, n) => [n, el.name, el[held(el)]]) }),
		);
	};
	const restore = () => {
		if ($("#flash [data-kind=done]"))
			draftsOf().forEach(k => {
				if (JSON.parse(stored(sessionStorage, k)).sent) stored(sessionStorage, k, null);
			});
		$$("form[data-draft]").forEach(form => {
			const key = draftKey(form),
				text = key && stored(sessionStorage, key),
				fields = fieldsOf(form);
			const changed =
				text &&
				JSON.parse(text).entries.filter(([n, name, value]) => {
					const el = fields[n];
					if (!el || el.name !== name || el[held(el)] === value) return false;
					el[held(el)] = value;
					return true;
				});
			if (!changed || !changed.length) return;
			const note = doc.createElement("p");
			note.className = "restored";
			note.innerHTML =
				"Your unsent entries were put back.<button type=button class='plain small'>Discard them</button>";
			note.lastChild.onclick = () => {
				stored(sessionStorage, key, null);
				form.reset();
				note.remove();
			};
			form.prepend(note);
		});
	};
	const onSubmit = e => {
		const form = e.target,
			by = e.submitter,
			waits = busy(form);
		const method = (by && by.getAttribute("formmethod")) || form.getAttribute("method") || "get";
		if (waits) (e.preventDefault(), say("Wait: the act before this one is not answered yet."));
		if (form.id === "sign-out") draftsOf().forEach(k => stored(sessionStorage, k, null));
		if (waits || method !== "post") return;
		const key = draftKey(form),
			text = key && stored(sessionStorage, key);
		if (text) stored(sessionStorage, key, JSON.stringify({ ...JSON.parse(text), sent: true }));
		if (form.dataset.inplace !== undefined && bench.send) {
			e.preventDefault();
			bench.send(form, by);
		} else setTimeout(() => form.removeAttribute("aria-busy"), 4000); // a download leaves the page here
		form.setAttribute("aria-busy", "true");
	};

	// Idle: a warning in the last minute, then out. While someone works, the server hears of it now
	// and then.
	let told = Date.now(),
		pinged = told;
	const seen = () => {
		const now = Date.now(),
			box = $("#idle");
		if (now - told < 1000) return;
		told = now;
		stored(localStorage, "seen", now);
		if (box && box.open) box.close();
		if (user() && now - pinged > 180000) {
			pinged = now;
			fetch(doc.body.dataset.stay, { method: "POST", headers: { "X-Meniscus": "stay" } }).catch(
				() => {},
			);
		}
	};
	const idle = () => {
		const about = doc.body.dataset,
			box = $("#idle");
		if (!about.idle || !box) return;
		const left = Math.round(
			about.idle - (Date.now() - Math.max(told, +stored(localStorage, "seen"))) / 1000,
		);
		if (left <= 0) {
			delete about.idle;
			fetch(about.signOut, { method: "POST", redirect: "manual" })
				.catch(() => {})
				.finally(() => go(`${about.signIn}?next=${encodeURIComponent(here())}`));
		} else if (left <= 60) {
			$("#idle-left").textContent = left;
			if (!box.open) {
				$$("dialog[open]").forEach(d => d.close());
				box.showModal();
			}
		} else if (box.open) box.close();
	};

	const start = () => {
		const now = Date.parse(doc.body.dataset.now);
		if (!Number.isNaN(now)) skew = now - Date.now();
		theme();
		tick();
		settle();
		restore();
		stored(localStorage, "seen", Date.now());
		$$("form.acts").forEach(form => {
			form.noValidate = true;
		});
		const row =
			!$("main [autofocus]") &&
			(byId(stored(sessionStorage, "row:" + here())) || $("table[data-start] tr[data-row]"));
		if (row) {
			stand(row, false);
			row.focus({ preventScroll: row.getBoundingClientRect().bottom < innerHeight - 80 });
		}
		if (bench.listen) bench.listen();
		if (later.length) scanned(later.shift());
	};
	const onClick = e => {
		const to = e.target,
			by = to.closest(".acts button[data-key]"),
			row = to.closest("tr[data-row]");
		if (to.closest("[data-theme-toggle]"))
			theme({ auto: "light", light: "dark", dark: "auto" }[theme()]);
		else if (to.closest("[data-keys]")) keys();
		else if (by && !new FormData(by.form).has("row")) {
			e.preventDefault();
			fail("Stand on a row first: j, k or the arrows.");
		} else if (row && !to.closest("a, button, input, select, label")) {
			stand(row);
			if (e.detail === 2) openRow(row);
		}
	};
	const clock = () => new Date(Date.now() + skew);
	const bench = { $, $$, q, here, say, fail, rowsOf, byId, current, reach, stand };
	globalThis.bench = Object.assign(bench, { settle, tick, start, user, later, clock });

	addEventListener("keydown", onKey, true);
	["keydown", "pointerdown", "wheel"].forEach(on => addEventListener(on, seen, { passive: true }));
	doc.addEventListener("focusin", e => {
		const row = e.target.closest("tr[data-row]");
		if (row && !row.matches(".lead .at")) stand(row, false);
	});
	doc.addEventListener("click", onClick);
	doc.addEventListener("input", keep);
	doc.addEventListener("change", keep);
	doc.addEventListener("submit", onSubmit);
	addEventListener("pageshow", e => {
		if (e.persisted) location.reload();
	});
	addEventListener("DOMContentLoaded", start);
	setInterval(idle, 1000);
	setInterval(tick, 15000);
})();
