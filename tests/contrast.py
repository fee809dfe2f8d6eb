"""How well the text of a page can be read, measured in a browser."""

# Of each element that has text of its own and is shown: its text, and its contrast to the nearest ground behind it.
CONTRASTS = """() => {
  const light = css => {
    const [r, g, b] = css.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const css = getComputedStyle(e).backgroundColor;
      if (!/^rgba\\(.*, 0\\)$/.test(css)) return css;
    }
    return 'rgb(255, 255, 255)';
  };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.body.querySelectorAll('*')].filter(own).filter(e => e.checkVisibility()).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    const opacity = Number(getComputedStyle(e).opacity);
    return [e.textContent.trim().slice(0, 60), opacity < 1 ? 0 : (a + 0.05) / (b + 0.05)];
  });
}"""
LEAST = 4.5  # what WCAG AA asks for


def pale(page: object) -> list[tuple[str, float]]:
    """Return what on a page of playwright's has less contrast than it should, of what is shown."""
    found = page.evaluate(CONTRASTS)  # type: ignore[attr-defined]  # tests run without playwright, too
    assert found
    return [(text, round(ratio, 2)) for text, ratio in found if ratio < LEAST]
