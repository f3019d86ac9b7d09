// The hand that enters results: answers chosen by their first letters, what would follow from what
// is typed, the differential counter. What must stay true: nothing here files anything; an answer is
// shown whole before it is sent, and letters that fit none change nothing; every page works without
// it.
"use strict";
(() => {
	const doc = document,
		{ $, $$, say } = bench;
	const changed = el => el.dispatchEvent(new Event("input", { bubbles: true }));

	// Answers: `data-answers` has one a line, each with the other words for it behind tabs. What was
	// typed so far stands beside the field, so that "small" never turns into another answer on its
	// way.
	const soFar = new WeakMap();
	const meant = (all, text) => {
		const fits = words => words.toLowerCase().startsWith(text);
		const own = all.filter(words => fits(words[0]));
		return own.length ? own : all.filter(words => words.slice(1).some(fits));
	};
	const choose = e => {
		const el = e.target,
			list = el.dataset && el.dataset.answers;
		if (list === undefined || e.ctrlKey || e.metaKey || e.altKey) return;
		if (/^(Backspace|Delete)$/.test(e.key)) {
			soFar.delete(el);
			el.value = "";
			e.preventDefault();
			return changed(el);
		}
		if (e.key.length !== 1) return;
		e.preventDefault();
		const all = list.split("\n").map(line => line.split("\t")),
			key = e.key.toLowerCase(),
			before = soFar.get(el) || "",
			next = meant(all, before + key);
		let answer = next[0];
		if (answer) soFar.set(el, before + key);
		else if (before && [...before].every(letter => letter === key)) {
			const same = meant(all, key); // the same letter again goes to the next that begins so
			answer = same[(same.findIndex(words => words[0] === el.value) + 1) % same.length];
		}
		if (!answer) return say(`No answer begins with ${before}${key}.`);
		el.value = answer[0];
		say(answer[0]);
		changed(el);
	};
	doc.addEventListener("keydown", choose);
	doc.addEventListener("focusout", e => soFar.delete(e.target));

	// What would follow: flags and calculated tests, made by the server as it would file them.
	let asking = 0;
	const judge = form => {
		clearTimeout(asking);
		asking = setTimeout(async () => {
			const sent = new URLSearchParams(new FormData(form)),
				was = sent.toString();
			try {
				const answer = await fetch(form.dataset.judged, {
					method: "POST",
					body: sent,
					headers: { "X-Meniscus": "live" },
				});
				const html = await answer.text();
				const now = new URLSearchParams(new FormData(form)).toString();
				if (!answer.ok || !form.isConnected || now !== was) return;
				const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("judged");
				if (fresh && $("#judged")) $("#judged").replaceWith(fresh);
			} catch {
				// What is typed can be filed all the same.
			}
		}, 250);
	};

	// The counter.
	const taken = []; // the classes of the cells counted, in their order
	const numberIn = el => Math.max(0, Number.parseInt(el.value, 10) || 0);
	const shares = counts => {
		const sum = counts.reduce((a, b) => a + b, 0);
		if (!sum) return counts;
		const whole = counts.map(n => Math.floor((n * 100) / sum));
		let left = 100 - whole.reduce((a, b) => a + b, 0);
		counts
			.map((n, at) => [(n * 100) % sum, at])
			.sort((a, b) => b[0] - a[0] || a[1] - b[1])
			.forEach(([, at]) => left-- > 0 && whole[at]++);
		return whole;
	};
	const bell = () => {
		try {
			const sound = new AudioContext(),
				tone = sound.createOscillator();
			tone.frequency.value = 880;
			tone.connect(sound.destination);
			tone.start();
			tone.stop(sound.currentTime + 0.25);
		} catch {
			// A machine without sound shows it.
		}
	};
	const show = form => {
		const fields = $$("[data-count]", form),
			white = fields.filter(el => el.dataset.beside === undefined),
			counts = white.map(numberIn),
			sum = counts.reduce((a, b) => a + b, 0),
			wbc = Number.parseFloat(form.dataset.wbc);
		shares(counts).forEach((percent, at) => {
			const row = white[at].closest("tr");
			$("[data-percent]", row).textContent = sum ? percent : "";
			$("[data-absolute]", row).textContent =
				sum && !Number.isNaN(wbc) ? ((wbc * percent) / 100).toFixed(2) : "";
		});
		const red = fields.find(el => el.dataset.beside !== undefined),
			hundred = red && sum ? (numberIn(red) * 100) / sum : 0;
		if (red) $("[data-percent]", red.closest("tr")).textContent = sum ? `${+hundred.toFixed(1)}/100` : "";
		const correct = $("#correct", form);
		if (correct) correct.hidden = !(hundred >= +form.dataset.threshold);
		$("[data-sum]", form).textContent = sum;
		form.toggleAttribute("data-full", sum >= +form.dataset.counter);
		return sum;
	};
	const count = (form, field, step) => {
		const target = +form.dataset.counter,
			white = field.dataset.beside === undefined,
			before = show(form);
		if (step > 0 && white && before >= target)
			return say(`${target} are counted: file them, or take one back.`);
		field.value = Math.max(0, numberIn(field) + step) || "";
		if (step > 0) taken.push(field.name);
		changed(field);
		if (step > 0 && white && before + 1 === target) {
			bell();
			say(`${target} leukocytes counted.`);
			$("button.first", form)?.focus();
		}
	};
	doc.addEventListener("click", e => {
		const add = e.target.closest("[data-add]"),
			form = add && add.closest("form[data-counter]");
		if (form) count(form, $("[data-count]", add.closest("tr")), 1);
	});
	doc.addEventListener("keydown", e => {
		const form = $("form[data-counter]"),
			inField = e.target.matches && e.target.matches("input, textarea, select");
		if (!form || inField || e.key !== "Backspace" || !taken.length) return;
		e.preventDefault();
		const field = form.elements[taken.pop()];
		if (field) count(form, field, -1);
		$("#counted", form).focus();
	});

	doc.addEventListener("input", e => {
		const form = e.target.form;
		if (form && form.dataset.judged) judge(form);
		if (form && form.dataset.counter) show(form);
	});
	const begin = () => {
		const form = $("form[data-judged]"),
			counter = $("form[data-counter]");
		taken.length = 0;
		if (form && $$("[data-entry]", form).some(el => el.value)) judge(form);
		if (counter) show(counter);
	};
	const start = bench.start;
	bench.start = () => {
		start();
		begin();
	};
	addEventListener("DOMContentLoaded", begin);
})();
