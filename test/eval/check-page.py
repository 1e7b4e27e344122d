"""check-page.py DOM FIGURE:MARK:LEAST...: in the document, every figure of that title has at least so
many elements of that name in its drawing, no figure says that it could not be drawn, and every table
has rows. Prints the titles of the figures and the numbers of rows."""
import html.parser
import sys


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.figures, self.tables, self.open = [], [], []
        self.others = set()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.others.add(tag)
        if tag == "figure" and "data-plot" in attributes:
            self.figures.append({"title": "", "text": "", "marks": {}})
        if self.figures and "figure" in self.open:
            marks = self.figures[-1]["marks"]
            marks[tag] = marks.get(tag, 0) + 1
        if tag == "table":
            self.tables.append(0)
        if tag == "tr" and "tbody" in self.open:
            self.tables[-1] += 1
        if tag not in ("meta", "img", "br", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "figure" in self.open and self.figures:
            self.figures[-1]["text"] += data
            if self.open[-1] == "h3":
                self.figures[-1]["title"] += data


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
figures = {figure["title"]: figure for figure in page.figures}
for figure in page.figures:
    assert "could not be drawn" not in figure["text"], figure["text"]
for wanted in sys.argv[2:]:
    title, mark, least = wanted.split(":")
    assert figures[title]["marks"].get(mark, 0) >= int(least), (wanted, figures[title]["marks"])
assert page.tables and all(page.tables), page.tables
assert not page.others & {"img", "iframe", "object"}, page.others
print("figures:", ", ".join(figures) or "none")
print("rows:", *page.tables)
