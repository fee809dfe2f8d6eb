"use strict";
// The students of a class. Everything that is shown goes into the page as text, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const [ID, NAME, STATUS, POINTS, PENALTY, LATE, FEEDBACK, FILES, MARKS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const CHUNK = 100;
  const find = id => document.getElementById(id);
  const body = find("rows"), shown = find("shown"), more = find("more"), only = find("only"), search = find("search");
  let rows = [], drawn = 0, sortedBy = ID, down = false, fault = null;

  const collator = new Intl.Collator(undefined, { numeric: true });
  const number = value => value === null ? "" : String(Math.round(value * 100) / 100);
  const make = (tag, text, look) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (look) made.className = look;
    return made;
  };
  const plain = text => text.toLocaleLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const words = data.rows.map(row => plain(row[ID] + " " + row[NAME]));
  const status = row => row[STATUS].replace("+", "");
  const tests = {
    all: () => true,
    waiting: row => row[STATUS].endsWith("+"),
    late: row => row[LATE] > 0,
    missing: row => row[STATUS] === "not handed in",
    trouble: row => row[FILES] !== "",
    half: row => row[POINTS] !== null && row[POINTS] < data.points / 2,
  };
  const value = (row, column) => {
    if (column < MARKS) return row[column];
    const mark = row[MARKS][column - MARKS];
    return mark ? (mark[1] === null ? -0.5 : mark[1]) : null;
  };
  const compare = (a, b) => {
    const [one, other] = [value(data.rows[a], sortedBy), value(data.rows[b], sortedBy)];
    if (one === other) return a - b;
    if (one === null) return 1;  // who has nothing comes last, either way
    if (other === null) return -1;
    const order = typeof one === "string" ? collator.compare(one, other) : one - other;
    return down ? -order : order;
  };
  const choose = () => {
    const wanted = plain(search.value.trim()).split(/\s+/).filter(Boolean);
    rows = [...data.rows.keys()].filter(place => {
      const row = data.rows[place];
      if (!tests[only.value](row) || !wanted.every(word => words[place].includes(word))) return false;
      const mark = fault && row[MARKS][fault.exercise];
      return !fault || (mark && data.titles[mark[2]] === fault.title && mark[0] > 0);
    }).sort(compare);
    body.replaceChildren();
    drawn = 0;
    draw();
    shown.textContent = `${rows.length} of ${data.rows.length} students` + (fault ? `, with this mistake in ${fault.name}` : "");
    find("nofault").hidden = !fault;
  };
  const link = (pattern, student, text) => {
    const made = make("a", text);
    // A folder's name may hold half of a character.
    const whole = student.replace(/[\ud800-\udfff]/gu, "\ufffd");
    made.href = pattern.replace("{student}", () => encodeURIComponent(whole));
    return made;
  };
  const draw = () => {
    const part = document.createDocumentFragment();
    for (const place of rows.slice(drawn, drawn + CHUNK)) part.append(line(data.rows[place]));
    drawn = Math.min(drawn + CHUNK, rows.length);
    body.append(part);
    more.hidden = drawn >= rows.length;
    more.textContent = `Show ${Math.min(CHUNK, rows.length - drawn)} more`;
  };
  const line = row => {
    const made = make("tr"), head = make("th"), open = make("button", row[ID]);
    head.scope = "row";
    open.type = "button";
    open.setAttribute("aria-expanded", "false");
    open.addEventListener("click", () => toggle(made, row, open));
    head.append(open);
    if (row[NAME]) head.append(make("div", row[NAME], "soft"));
    made.append(head);
    const total = make("td", row[POINTS] === null ? "" : number(row[POINTS]), "total");
    if (row[STATUS].endsWith("+")) total.append(make("span", "+", "waiting"));
    made.append(total, make("td", status(row) + (row[LATE] > 0 ? ", late" : ""), status(row) === "graded" ? "soft" : ""));
    data.exercises.forEach((_, place) => made.append(cell(row[MARKS][place])));
    return made;
  };
  const cell = mark => {
    if (!mark) return make("td", "–", "soft");
    const [standing, look, sign] = data.looks[mark[0]];
    const made = make("td", sign + (standing === "partly right" ? " " + number(mark[1]) : ""), look);
    made.title = standing;
    made.append(make("span", " " + standing, "heard"));
    return made;
  };
  const toggle = (at, row, button) => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) { at.nextSibling.remove(); return; }
    const made = make("tr"), inside = make("td", undefined, "verdicts");
    inside.colSpan = 3 + data.exercises.length;
    const links = make("p");
    if (row[FEEDBACK]) links.append(link(data.feedback, row[ID], "Feedback"), " ");
    if (data.formgrader) links.append(link(data.formgrader, row[ID], "Formgrader"));
    if (links.childNodes.length) inside.append(links);
    if (row[PENALTY]) inside.append(make("p", `${number(row[PENALTY])} taken off for lateness`));
    if (row[FILES]) inside.append(make("p", row[FILES]));
    row[MARKS].forEach((mark, place) => {
      if (!mark) return;
      const [standing, look, sign] = data.looks[mark[0]];
      const text = data.verdicts[mark[3]] || `${data.exercises[place][0]}: ${standing}` + (mark[2] ? ` (${data.titles[mark[2]]})` : "");
      inside.append(make("pre", `${sign} ${text}`, look));
    });
    made.append(inside);
    at.after(made);
  };
  document.querySelectorAll("th button[data-column]").forEach(button => button.addEventListener("click", () => {
    const column = Number(button.dataset.column);
    down = column === sortedBy ? !down : column >= MARKS || column === POINTS;
    sortedBy = column;
    document.querySelectorAll("th[aria-sort]").forEach(head => head.removeAttribute("aria-sort"));
    document.querySelectorAll(".sorted").forEach(other => other.classList.remove("sorted"));
    button.classList.add("sorted");
    button.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
    choose();
  }));
  document.querySelectorAll("button[data-title]").forEach(button => button.addEventListener("click", () => {
    const exercise = Number(button.dataset.exercise);
    fault = { exercise, title: button.dataset.title, name: data.exercises[exercise][0] };
    only.value = "all";
    search.value = "";
    choose();
    find("students").scrollIntoView();
    search.focus({ preventScroll: true });
  }));
  find("nofault").addEventListener("click", () => { fault = null; choose(); search.focus(); });
  only.addEventListener("change", choose);
  let later = 0;
  search.addEventListener("input", () => { clearTimeout(later); later = setTimeout(choose, 80); });
  more.addEventListener("click", () => {
    const before = drawn;
    draw();
    body.querySelectorAll("th button")[before].focus();
  });
  // Whoever scrolls to the end sees more without asking.
  new IntersectionObserver(found => { if (found[0].isIntersecting && drawn < rows.length) draw(); }, { root: find("scroll"), rootMargin: "600px" })
    .observe(find("end"));
  find("tools").hidden = false;
  choose();
})();
