"use strict";
// Shows the problems of the report. Every text of others is set as text, never as markup; the page's policy lets no
// other script run. The state is in the address behind the '#', so that a view can be linked: show, run, q, item.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const SIGNS = { right: ["✓", "right"], wrong: ["✗", "wrong"], mixed: ["◐", "some samples right"], open: ["–", "no verdict"] };
  const many = data.runs.length > 1;
  const byId = new Map(data.items.map((item) => [item.id, item]));

  const make = (name, className, ...children) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const text = (place) => (place === null || place === undefined ? "" : data.texts[place]);
  const words = (status) => status.replaceAll("_", " ");
  const number = (value) => value.toLocaleString("en-US");
  const mark = (state) => {
    const node = make("span", `mark ${state}`, SIGNS[state][0]);
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", SIGNS[state][1]);
    return node;
  };

  // ---- what is shown

  const read = () => {
    const hash = location.hash.slice(1);
    const given = new URLSearchParams(hash.includes("=") ? hash : "");
    return { show: given.get("show") || "all", run: given.get("run") || "", q: given.get("q") || "", item: given.get("item") };
  };
  const address = (state) => {
    const kept = new URLSearchParams();
    for (const [key, value] of Object.entries(state)) if (value && !(key === "show" && value === "all")) kept.set(key, value);
    return `#${kept.size ? kept : "problems"}`;
  };

  const FILTERS = { all: "All", right: "Right", wrong: "Wrong", changed: "Changed", mixed: "Mixed", open: "No verdict" };
  const states = (item, run) => (run === "" ? item.states : [item.states[Number(run)]]);
  const matches = {
    all: () => true,
    right: (item, run) => states(item, run).every((state) => state === "right"),
    wrong: (item, run) => states(item, run).some((state) => state === "wrong" || state === "mixed"),
    mixed: (item, run) => states(item, run).some((state) => state === "mixed"),
    open: (item, run) => states(item, run).some((state) => state === "open"),
    changed: (item) => item.changed,
  };
  const lowered = new Map();
  const haystack = (item) => {
    if (!lowered.has(item.id)) {
      const cells = item.cells.flat();
      const failing = cells.map((cell) => (cell.failure ? text(cell.failure.input) : cell.error || "")).join("\n");
      lowered.set(item.id, [item.id, text(item.statement), failing, ...item.labels].join("\n").toLowerCase());
    }
    return lowered.get(item.id);
  };
  const selection = (state, show) => {
    const query = state.q.trim().toLowerCase();
    const fits = matches[show] || matches.all;
    return data.items.filter((item) => fits(item, state.run) && (!query || haystack(item).includes(query)));
  };

  // ---- the list

  const entry = (item, state) => {
    const marks = make("span", "marks", ...item.states.map(mark));
    const lines = text(item.statement).split("\n").map((line) => line.trim());
    const first = lines.find((line) => line && !/^(from|import)\s/.test(line)) || item.labels.join(", ");
    const link = make("a", "", make("span", "id", item.id), marks, make("span", "first", first));
    link.href = address({ ...state, item: item.id });
    if (item.id === state.item) link.setAttribute("aria-current", "true");
    return make("li", "", link);
  };
  const chips = (state) => {
    const offered = Object.keys(FILTERS).filter(
      (show) => ["all", "right", "wrong"].includes(show) || show === state.show || data.items.some((item) => matches[show](item, ""))
    );
    at("chips").replaceChildren(
      ...offered.map((show) => {
        const chip = make("button", "", `${FILTERS[show]} ${number(selection(state, show).length)}`);
        chip.type = "button";
        chip.setAttribute("aria-pressed", String(show === state.show));
        chip.addEventListener("click", () => go({ ...read(), show, item: null }));
        return chip;
      })
    );
  };

  // ---- one problem

  const TOKENS = /(#[^\n]*)|('''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\b(def|class|return|if|elif|else|for|while|in|not|and|or|is|None|True|False|import|from|as|with|try|except|finally|raise|lambda|yield|pass|break|continue|assert|global|nonlocal|async|await|del|match|case)\b|\b(\d[\d_.]*(?:e[+-]?\d+)?)\b/g;
  const code = (source, className = "code") => {
    const block = make("pre", className);
    block.tabIndex = 0;
    let end = 0;
    for (const found of source.matchAll(TOKENS)) {
      const kind = ["c", "q", "w", "d"][found.slice(1).findIndex((part) => part !== undefined)];
      block.append(source.slice(end, found.index), make("span", kind, found[0]));
      end = found.index + found[0].length;
    }
    block.append(source.slice(end));
    return block;
  };
  const failing = (failure, whose) => {
    if (!failure) return null;
    const rows = make("dl", "failing");
    for (const [name, kind] of [["Failing input", "input"], ["Expected", "expected"], ["Got", "actual"]]) {
      if (failure[kind] === null && kind === "expected") continue;
      rows.append(make("dt", "", name), make("dd", kind, make("pre", "", text(failure[kind]) || "(nothing)")));
    }
    rows.setAttribute("aria-label", whose);
    return rows;
  };
  const attempt = (node, cell) => {
    const tests = node.total ? ` ${node.passed}/${node.total}` : "";
    const stateOf = node.status === "accepted" ? "right" : node.status === "infrastructure" ? "open" : "wrong";
    const head = make("summary", "", make("span", `pill ${stateOf}`, `${words(node.status)}${tests}`));
    head.append(make("b", "", node.action), make("span", "meta", `${node.id} · ${node.specialist} · ${number(node.tokens)} tokens`));
    if (node.finish !== "stop") head.append(make("span", "meta", `· ended by ${node.finish}`));
    if (node.right !== null) head.append(make("span", `meta ${node.right ? "right" : "wrong"}`, `· hidden tests ${node.right ? "✓" : "✗"}`));
    if (node.id === cell.selected) head.append(make("span", "chosen", "the answer"));
    const box = make("details", "", head, node.detail && make("p", "cost", node.detail), failing(node.failure, "Public test"));
    const source = text(node.code);
    if (source) box.append(code(source));
    box.open = node.id === cell.selected;
    const branch = make("li", "", box);
    if (node.children.length) branch.append(make("ul", "", ...node.children.map((child) => attempt(child, cell))));
    return branch;
  };
  const size = (nodes) => nodes.reduce((total, node) => total + 1 + size(node.children), 0);
  const verdict = (cell) => (cell.passed === null ? "open" : cell.passed ? "right" : "wrong");
  const body = (cell) => {
    const parts = [];
    if (cell.detail) parts.push(make("p", "", cell.detail));
    if (cell.base && cell.passed === false) parts.push(make("p", "", "It is right on the base inputs and wrong on a further one."));
    parts.push(failing(cell.failure, "Hidden test"));
    const spent = [`${number(cell.tokens_in)} tokens in`, `${number(cell.tokens_out)} out`, `${cell.seconds} s`, `${cell.rounds} round${cell.rounds === 1 ? "" : "s"}`];
    parts.push(make("p", "cost", `${words(cell.outcome)}, p = ${cell.p.toFixed(2)}${cell.reason ? `: ${cell.reason}` : ""}`));
    parts.push(make("p", "cost", spent.join(" · ")));
    if (text(cell.solution)) parts.push(make("h5", "", "Answer"), code(text(cell.solution)));
    if (cell.tree.length) {
      const total = size(cell.tree) + cell.more;
      parts.push(make("h5", "", `${number(total)} attempt${total === 1 ? "" : "s"}`));
      parts.push(make("ul", "tree", ...cell.tree.map((node) => attempt(node, cell))));
      if (cell.more) parts.push(make("p", "cost", `… ${number(cell.more)} more attempts are not shown`));
    }
    return parts.filter((part) => part);
  };
  const judged = (cell) => make("span", `pill ${verdict(cell)}`, `hidden tests: ${words(cell.status)}`);
  const sample = (cell, alone) => {
    if (cell.error) return [make("p", "", make("span", "pill open", "failed on our side"), ` sample ${cell.sample}: ${cell.error}`)];
    if (alone) return body(cell);
    return [make("details", "sample", make("summary", "", `sample ${cell.sample} `, judged(cell)), ...body(cell))];
  };
  const detail = (item, state) => {
    const found = selection(state, state.show);
    const place = found.findIndex((each) => each.id === item.id);
    const step = (to, name) => {
      if (!to || place < 0) return null;
      const link = make("a", "", name);
      link.href = address({ ...state, item: to.id });
      return link;
    };
    const back = make("a", "back", "← All problems");
    back.href = address({ ...state, item: null });
    const title = make("h3", "", item.id);
    title.tabIndex = -1;
    const parts = [
      make("div", "steps", back, make("span", "", step(found[place - 1], "← previous"), step(found[place + 1], "next →"))),
      title,
      make("div", "", ...item.labels.map((label) => make("span", "tag", label))),
    ];
    const asked = text(item.statement);
    if (/^(from|import|def|class|@)\b/.test(asked)) parts.push(code(asked, "statement mono"));
    else if (asked) parts.push(make("pre", `statement${/^( {4}|\t|```)/m.test(asked) ? " mono" : ""}`, asked));
    data.runs.forEach((run, index) => {
      const cells = item.cells[index];
      const key = make("span", `key s${index % 6}`);
      const one = cells.length === 1 ? cells[0] : null;
      parts.push(make("h4", "", make("span", "", key, run.name), one && !one.error ? judged(one) : make("span", `pill ${item.states[index]}`, SIGNS[item.states[index]][1])));
      if (!cells.length) parts.push(make("p", "cost", "This run has no sample of it."));
      for (const cell of cells) parts.push(...sample(cell, cells.length === 1));
    });
    at("detail").replaceChildren(...parts);
    return title;
  };

  // ---- putting it together

  let shown = null;
  const render = () => {
    const state = read();
    if (!(state.show in FILTERS)) state.show = "all";
    if (!(Number(state.run) < data.runs.length)) state.run = "";
    if (document.activeElement !== at("query")) at("query").value = state.q;
    at("run").value = state.run;
    chips(state);
    const found = selection(state, state.show);
    at("found").textContent = `${number(found.length)} of ${number(data.items.length)} problems`;
    at("list").replaceChildren(...(found.length ? found.map((item) => entry(item, state)) : [make("li", "none", "No problem fits.")]));
    const item = byId.get(state.item);
    at("browser").classList.toggle("reading", Boolean(item));
    if (!item) at("detail").replaceChildren();
    else {
      const title = detail(item, state);
      const chosen = at("list").querySelector("[aria-current]");
      if (chosen) at("list").scrollTop += chosen.getBoundingClientRect().top - at("list").getBoundingClientRect().top - 120;
      if (shown !== item.id) {
        if (shown === null || matchMedia("(max-width: 56rem)").matches) at("browser").scrollIntoView({ behavior: "instant" });
        title.focus({ preventScroll: true });
      }
    }
    shown = item ? item.id : shown;
  };
  const go = (state, kept = false) => {
    history[kept ? "pushState" : "replaceState"](null, "", address(state));
    render();
  };
  const move = (by) => {
    const state = read();
    const found = selection(state, state.show);
    const next = found[found.findIndex((item) => item.id === state.item) + by];
    if (next) go({ ...state, item: next.id }, true);
  };

  at("run").append(new Option(many ? "every run" : data.runs[0].name, ""), ...(many ? data.runs.map((run, index) => new Option(run.name, String(index))) : []));
  at("whose").hidden = !many;
  at("run").addEventListener("change", () => go({ ...read(), run: at("run").value }));
  at("query").addEventListener("input", () => go({ ...read(), q: at("query").value, item: null }));
  at("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("hashchange", render);
  addEventListener("keydown", (event) => {
    const typing = ["INPUT", "SELECT"].includes(document.activeElement?.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (typing) document.activeElement.blur();
      else if (read().item) go({ ...read(), item: null }, true);
    } else if (!typing && event.key === "/") {
      event.preventDefault();
      at("query").focus();
    } else if (!typing && event.key === "j") move(1);
    else if (!typing && event.key === "k") move(-1);
  });
  render();
})();
