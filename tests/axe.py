"""What axe finds on a page that keeps someone out, in either browser.

Whether a text stands out from its ground takes axe longest to tell, and is the same for
all texts of one look: it reads three of each.
"""

from importlib import resources

FILE = resources.files("axe_playwright_python") / "axe.min.js"
SCRIPT = FILE.read_text("utf-8")
SERIOUS = ("serious", "critical")
MODERATE = ("moderate", *SERIOUS)  # what a whole page is measured by
# Marks the texts that can be seen, three of each look: element, letters, what is below.
MARK = """() => {
  const grounds = new Map([[null, ""]]), looks = new Map();
  const ground = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity].join();
      const below = ground(element.parentElement);
      const isClear = own === "rgba(0, 0, 0, 0),none,1";
      grounds.set(element, isClear ? below : `${below};${own}`);
    }
    return grounds.get(element);
  };
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  for (const element of document.body.querySelectorAll("*")) {
    const { width, height } = element.getBoundingClientRect();
    const isSeen = element.checkVisibility({ visibilityProperty: true });
    if (!isSeen || Math.min(width, height) < 2) continue;
    const isField = element.matches("input, select, textarea");
    if (!isField && ![...element.childNodes].some(isText)) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const letters = [element.localName, color, fontSize, fontWeight];
    const look = [letters, element.matches(":disabled"), ground(element)].join();
    const count = (looks.get(look) ?? 0) + 1;
    looks.set(look, count);
    if (count <= 3) element.setAttribute("data-look", "");
  }
}"""
# The rule, place and why of all that it finds so bad; of colours alone, if asked.
BARRIERS = f"""async (script, impacts, onlyColours) => {{
  if (!window.axe) (0, eval)(script);
  const COLOURS = "color-contrast";
  ({MARK})();
  axe.configure({{ rules: [{{ id: COLOURS, selector: "[data-look]" }}] }});
  const {{ violations }} = await axe.run({{
    resultTypes: ["violations"],
    preload: false,
    ...(onlyColours && {{ runOnly: [COLOURS] }}),
  }});
  return violations
    .filter(({{ impact }}) => impacts.includes(impact))
    .flatMap(({{ id, nodes }}) => nodes.map(
      ({{ target, failureSummary }}) => [id, target, failureSummary.slice(-200)]));
}}"""
