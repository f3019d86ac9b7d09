// What Meniscus asks of the server without leaving the page: acts sent in place, and parts that
// follow what happens elsewhere. What must stay true: the server sends whole pages and knows
// nothing of this file; the row one stands on never moves; what someone is typing is never
// overwritten.
"use strict";
(() => {
	const doc = document,
		{ $, $$, q, say, fail, rowsOf, byId, current, reach, stand, settle, tick } = bench;
	const parse = html => new DOMParser().parseFromString(html, "text/html");

	let shown = bench.here();

	// An act in place: the page that answers takes the place of this one, and one stands where the
	// next act begins.
	bench.send = async (form, by) => {
		const row = current(),
			id = row && row.dataset.id,
			at = row ? rowsOf(row.closest("table")).indexOf(row) : -1;
		const to = (by && by.getAttribute("formaction")) || form.getAttribute("action") || location.href;
		let answer, html;
		try {
			answer = await fetch(to, {
				method: "POST",
				body: new URLSearchParams(new FormData(form, by)),
				headers: { "X-Meniscus": "act" },
			});
			html = await answer.text();
		} catch {
			form.removeAttribute("aria-busy");
			const also = bench.later.splice(0);
			return fail(
				"Not confirmed: the connection failed. Look before sending again; what you typed is kept." +
					(also.length ? ` Scan again: ${also.join(", ")}.` : ""),
			);
		}
		if (/html/.test(answer.headers.get("content-type"))) return swap(html, answer, { id, at, form });
		form.removeAttribute("aria-busy");
		if (answer.redirected) location.assign(answer.url);
		else fail(`Not done: the server answered ${answer.status}.`);
	};
	const swap = (html, answer, { id, at, form }) => {
		const kept = `draft:${bench.user()}:${bench.here()}:${form.id}`,
			fresh = parse(html),
			y = scrollY,
			from = location.pathname;
		doc.title = fresh.title;
		if (answer.redirected && answer.url !== location.href) history.pushState(null, "", answer.url);
		const same = from === location.pathname;
		shown = bench.here();
		doc.body.replaceWith(fresh.body);
		scrollTo(0, same ? y : 0);
		// What was sent came back in its form: that stands, and is kept, not what was kept before.
		const back = form.id && doc.getElementById(form.id);
		try {
			if (back) sessionStorage.removeItem(kept);
		} catch {
			// Nothing is remembered.
		}
		bench.start();
		if (back && !answer.redirected && back.dataset.draft !== undefined)
			back.elements[0].dispatchEvent(new Event("change", { bubbles: true }));
		const rows = $$("table[data-grid] tr[data-row]"),
			field = $("main [aria-invalid=true]") || $("main [autofocus]");
		if (field) field.focus();
		else if (same && at >= 0 && rows.length) stand(byId(id) || rows[Math.min(at, rows.length - 1)]);
		else if (!current()) $("#main").focus({ preventScroll: true });
		const said = $("#flash .flash span"); // a live region that arrives with its text is not read out
		if (said) setTimeout(() => say(said.textContent), 80);
	};

	// A part of the page taken over from a fresh copy. Ages, tab stops and what a browser extension
	// adds are not a difference.
	const sign = el => {
		const copy = el.cloneNode(true);
		$$("time[data-age]", copy).forEach(t => {
			t.textContent = t.className = "";
		});
		$$("[tabindex], [style]", copy).forEach(x => {
			x.removeAttribute("tabindex");
			x.removeAttribute("style");
		});
		return copy.innerHTML;
	};
	const typed = el =>
		$$("input, textarea", el).some(i => !/radio|checkbox/.test(i.type) && i.value !== i.defaultValue);
	const take = (old, fresh) => {
		const grid = $("table[data-grid]", old),
			next = $("table[data-grid]", fresh);
		if (grid && next) takeGrid(old, grid, next);
		else if (sign(old) !== sign(fresh) && !typed(old)) {
			const link = old.contains(doc.activeElement) && doc.activeElement.getAttribute("href");
			old.innerHTML = fresh.innerHTML;
			settle(old);
			const again = link && $(`a[href="${q(link)}"]`, old);
			if (again) again.focus();
		}
		tick();
	};
	// A result is numbered TEST-VERSION. On the page of its accession its first value, or a new one,
	// changes the row in place; in a list of results it is another row, so that nobody verifies a
	// value that slid under the cursor.
	const twin = (row, grid) => {
		const id = row.dataset.id,
			test = id.includes("-") && $('[data-live^="accession-"] table') && id.split("-")[0];
		return byId(id, grid) || (test && $(`tr[data-row][data-id^="${q(test)}-"]`, grid));
	};
	const takeGrid = (old, grid, next) => {
		if ($("caption", next)) $("caption", grid).innerHTML = $("caption", next).innerHTML;
		const changed = rowsOf(next).filter(row => takeRow(twin(row, grid), row)).length;
		const came = rowsOf(next).filter(row => !twin(row, grid)).length;
		const left = rowsOf(grid).filter(row => !twin(row, next));
		const waits = $(".wait", old);
		if (waits) waits.remove();
		if (came || left.length) {
			if (grid.contains(doc.activeElement) || grid.matches(":hover")) wait(old, grid, next, came, left);
			else arrange(grid, next);
		}
		const text = [
			changed && `${changed} changed`,
			came && `${came} new`,
			left.length && `${left.length} gone`,
		]
			.filter(Boolean)
			.join(", ");
		if (text) say(text);
	};
	const takeRow = (mine, row) => {
		if (mine) mine.classList.remove("gone");
		if (!mine || sign(mine) === sign(row) || typed(mine)) return false;
		const now = row.cloneNode(true),
			focus = doc.activeElement,
			inside = mine.contains(focus),
			key = inside && focus.dataset.key;
		now.classList.add("fresh");
		const at = mine.classList.contains("at");
		mine.replaceWith(now);
		reach(now, false);
		if (at) stand(now, inside);
		const again = key && $(`[data-key="${q(key)}"]`, now);
		if (again) again.focus();
		return true;
	};
	// While one stands in the grid or points at it, what came and what left waits for "u".
	const wait = (old, grid, next, came, left) => {
		const button = doc.createElement("button");
		left.forEach(row => row.classList.add("gone"));
		button.type = "button";
		button.className = "wait small";
		button.append(
			[came && `${came} new`, left.length && `${left.length} gone`].filter(Boolean).join(", "),
		);
		button.insertAdjacentHTML("beforeend", "<kbd aria-hidden=true>u</kbd>");
		button.onclick = () => {
			button.remove();
			arrange(grid, next);
		};
		old.append(button);
	};
	const arrange = (grid, next) => {
		const row = current(),
			inside = !!row && grid.contains(row),
			focus = inside && row.contains(doc.activeElement);
		const y = inside && row.getBoundingClientRect().top,
			at = inside ? rowsOf(grid).indexOf(row) : -1;
		$("tbody", grid).replaceChildren(
			...[...$("tbody", next).children].map(r => {
				const mine = twin(r, grid),
					copy = mine || r.cloneNode(true);
				if (!mine) {
					copy.classList.add("fresh");
					reach(copy, false);
				}
				return copy;
			}),
		);
		const rows = rowsOf(grid),
			again = inside && (rows.includes(row) ? row : rows[Math.min(at, rows.length - 1)]);
		if (again) {
			stand(again, false);
			if (focus) again.focus({ preventScroll: true });
			scrollBy(0, again.getBoundingClientRect().top - y);
		} else if (rows.length) reach(rows[0], true);
	};

	// A field that asks while one types: the parts of the page with the same ids are brought in.
	let asking = 0;
	doc.addEventListener("input", e => {
		const field = e.target,
			src = field.dataset && field.dataset.ask;
		clearTimeout(asking);
		if (!src) return;
		asking = setTimeout(async () => {
			const value = field.value;
			try {
				const answer = await fetch(`${src}?${field.name}=${encodeURIComponent(value)}`, {
					headers: { "X-Meniscus": "live" },
				});
				const html = await answer.text();
				if (!answer.ok || field.value !== value) return;
				$$("[id]", parse(html)).forEach(part => {
					const mine = doc.getElementById(part.id);
					if (mine) mine.replaceWith(part);
				});
			} catch {
				// What is typed can be sent all the same.
			}
		}, 150);
	});

	// The stream: /live names what changed; each part that follows it is fetched again, pages asked
	// for once.
	let source = null,
		pause = 2000,
		lost = false,
		timer = 0;
	const due = new Set();
	const refetch = async () => {
		const parts = [...due].filter(el => el.isConnected);
		due.clear();
		for (const src of new Set(parts.map(el => el.dataset.src || location.href))) {
			try {
				const answer = await fetch(src, { headers: { "X-Meniscus": "live" } });
				const html = await answer.text(); // read in any case: an unread answer holds its connection
				if (!answer.ok || answer.redirected) continue;
				const page = parse(html);
				parts
					.filter(el => el.isConnected && (el.dataset.src || location.href) === src)
					.forEach(el => {
						const fresh = page.getElementById(el.id);
						if (fresh) take(el, fresh);
					});
			} catch {
				show(false);
			}
		}
	};
	const show = on => {
		const line = $("#link");
		if (!line || (!on && line.textContent.startsWith("Not"))) return;
		line.hidden = false;
		line.toggleAttribute("data-on", on);
		line.textContent = on ? "Live" : `Not live since ${bench.clock().toTimeString().slice(0, 5)}`;
	};
	bench.listen = () => {
		if (source) source.close();
		source = null;
		const topics = new Set($$("[data-live]").map(el => el.dataset.live));
		if (!topics.size || !bench.user() || doc.hidden) return;
		const mine = (source = new EventSource("/live"));
		mine.onopen = () => {
			pause = 2000;
			show(true);
			if (lost) {
				lost = false;
				$$("[data-live]").forEach(el => due.add(el));
				refetch();
			}
		};
		mine.onerror = () => {
			lost = true;
			show(false);
			if (mine.readyState !== EventSource.CLOSED) return;
			setTimeout(() => {
				if (source === mine) bench.listen();
			}, pause);
			pause = Math.min(30000, pause * 2);
		};
		topics.forEach(topic =>
			mine.addEventListener(topic, () => {
				$$(`[data-live="${q(topic)}"]`).forEach(el => due.add(el));
				clearTimeout(timer);
				timer = setTimeout(refetch, 250);
			}),
		);
	};
	// A hidden page gives its connection back: a browser has six for one server.
	doc.addEventListener("visibilitychange", () => {
		if (!doc.hidden) return bench.listen();
		if (source) source.close();
		source = null;
		lost = true;
	});
	// Back to a page left by an act in place; a jump within the page (the skip link) is not that.
	addEventListener("popstate", () => {
		if (bench.here() !== shown) location.reload();
	});
})();
