// Only makes the page shorter: without it everything is shown.
(() => {
  const form = document.getElementById("filter");
  const status = document.getElementById("shown");
  const lines = [...document.querySelectorAll("[data-condition]")];
  const columns = [...document.querySelectorAll("[data-subject]")];
  form.hidden = false;

  const checked = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);

  function apply() {
    const text = form.elements.text.value.trim().toLowerCase();
    const subjects = checked("subject");
    const verdicts = checked("verdict");
    for (const cell of columns) cell.hidden = !subjects.includes(cell.dataset.subject);
    let shown = 0;
    for (const line of lines) {
      const words = `${line.dataset.condition} ${line.dataset.operation}`;
      const own = [...line.querySelectorAll("[data-verdict]")].filter((cell) => !cell.hidden);
      const fits = own.length === 0 ? false : own.some((cell) => verdicts.includes(cell.dataset.verdict));
      line.hidden = !(words.includes(text) && fits);
      if (!line.hidden && line.matches(".matrix tr")) shown += 1;
    }
    // A condition's name stands beside the first of its lines that is shown.
    for (const group of document.querySelectorAll(".matrix tbody")) {
      const rows = [...group.rows];
      group.hidden = rows.every((row) => row.hidden);
      const first = rows.find((row) => !row.hidden);
      for (const row of rows) row.cells[0].style.visibility = row === first ? "" : "hidden";
    }
    status.textContent = `${shown} lines`;
    const query = new URLSearchParams();
    if (text) query.set("text", text);
    for (const name of ["subject", "verdict"]) {
      const off = [...form.querySelectorAll(`input[name=${name}]:not(:checked)`)].map((box) => box.value);
      if (off.length) query.set(`no-${name}`, off.join(","));
    }
    const search = query.toString();
    history.replaceState(null, "", `${location.pathname}${search ? `?${search}` : ""}${location.hash}`);
  }

  const query = new URLSearchParams(location.search);
  form.elements.text.value = query.get("text") ?? "";
  for (const name of ["subject", "verdict"]) {
    for (const value of (query.get(`no-${name}`) ?? "").split(",").filter(Boolean)) {
      const box = [...form.querySelectorAll(`input[name=${name}]`)].find((one) => one.value === value);
      if (box) box.checked = false;
    }
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  apply();
})();
