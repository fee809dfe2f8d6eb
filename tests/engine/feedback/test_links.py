"""Links of a submission lead to another machine or stay within the page, in every form in which HTML has links."""

import re
from html import escape, unescape
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.feedback.links import safe_link
from grading.engine.feedback.safe_html import clean_html, markdown2html

# Formgrader's page and the three forms of address that lead from it into its own server.
KEPT = (
    "https://pytorch.org/docs/stable/",
    "http://example.org",
    "HTTPS://Example.ORG:8443/a?b=c&d=%20#e",
    "https://de.wikipedia.org/wiki/Mehrlagiges_Übungsnetz",
    "https://xn--mnchen-3ya.de/",
    "https://example.org.",
    "https://example.org?x",
    "https://a_b.example.co.uk/~me/x_(y)",
    "mailto:teacher@example.org",
    "#top",
    "#",
    "  https://example.org/\n",
)
DROPPED = (
    # A scheme without a host, which browsers read as relative.
    "http:page.html", "https:page.html", "HTTP:/page.html", "http:/page.html", "http:", "http:#x", "http:?x", "http:./page.html",
    "http:..%2Fpage.html", "https:///page.html", "http:////page.html", "hTtP:page.html", "http:\\\\page.html", "http:\\/page.html",
    "http:/\\page.html", "http://\\page.html", "http://", "http://?x", "http:///", "http://:80/x", "http://@/x",
    # No scheme, or what looks like one.
    "page.html", "./page.html", "../page.html", "/formgrader", "//example.org/x", "\\\\example.org\\x", "/\\example.org", "?x", "",
    " ", "page.html#x", "\xa0#x", "\u2003http:x", "\ufeff#x", "\x85#x", "%68ttp:x", "http%3Ax", "http;//example.org",
    # What browsers take out before they follow a link.
    "ht\ntp:page.html", "http\t:page.html", "http:\n//example.org", "http://exa\tmple.org", "http://example.org/\nx", "\x00http:x",
    "\x01#x", "https://example.org/a b", "https://example.org\\x", "https://example.org/\\..\\x",
    # Schemes that run something or show something.
    "javascript:x", "JaVaScRiPt:x", "java\nscript:x", "\x01javascript:x", "vbscript:x", "data:text/html,x", "blob:http://x.org/1",
    "filesystem:http://x.org/x", "file:///etc/passwd", "view-source:http://x.org", "about:blank", "ftp://x.org/", "ws://x.org/",
    "attachment:page.html", "cid:x", "jar:http://x.org!/x", "intent://x", "feed:http://x.org", "tel:1", "mailto:", "x:y",
    # The machine of the reader and its neighbours, where formgrader is.
    "http://localhost:8888/formgrader", "http://LOCALHOST/", "http://localhost./", "http://a.localhost/", "http://127.0.0.1/",
    "http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/", "http://0x7f000001/", "http://[::1]/", "http://0/", "http://1.2.3.4./",
    "http://jupyter/", "http://mac.local:8888/", "http://ｌｏｃａｌｈｏｓｔ/", "http://localhost%2e/", "http://%6cocalhost/",
    "http://example.org@localhost/", "http://user@example.org/", "http://localhost#.example.org", "http://localhost?.example.org",
    "http://localhost\\.example.org", "http://example.org:x@localhost/", "http://example.org:80@localhost/", "http://a..org/",
)  # fmt: skip


@pytest.mark.parametrize("link", KEPT)
def test_a_link_with_scheme_and_host_or_into_the_page_stays(link: str) -> None:
    assert safe_link(link) == link.strip()
    cleaned = clean_html(f'<a href="{escape(link)}">text</a>')
    assert unescape(cleaned) == f'<a href="{link.strip()}" rel="noopener noreferrer">text</a>'


@pytest.mark.parametrize("link", DROPPED)
def test_any_other_goes_and_its_text_stays(link: str) -> None:
    assert safe_link(link) is None
    assert clean_html(f'<a href="{escape(link)}">text</a>') == '<a rel="noopener noreferrer">text</a>'


# An address of the submission's own, in every place of HTML where there may be one.
PLACES = (
    '<a href="{}">x</a>', "<a href='{}' target=_top>x</a>", "<A HREF={}>x</A>", '<a href="#" ping="{}">x</a>', '<area href="{}">',
    '<img src="x" usemap="#m"><map name="m"><area shape="rect" coords="0,0,9,9" href="{}"></map>', '<img src="{}">',
    '<img srcset="{} 2x">', '<picture><source srcset="{}"></picture>', '<base href="{}"><a href="x">y</a>', '<img longdesc="{}">',
    '<meta http-equiv="refresh" content="0;url={}">', '<form action="{}"><input type=submit></form>', '<button formaction="{}">x</button>',
    '<iframe src="{}"></iframe>', '<iframe srcdoc="&lt;a href={}>x&lt;/a>"></iframe>', '<frameset><frame src="{}"></frameset>',
    '<object data="{}"></object>', '<embed src="{}">', '<applet codebase="{}" archive="{}"></applet>',
    '<video poster="{}" src="{}"></video>',
    '<audio src="{}"></audio>', '<video><track src="{}"></video>', '<link rel="stylesheet" href="{}">', '<link rel="prefetch" href="{}">',
    '<svg><a href="{}"><text>x</text></a></svg>', '<svg><a xlink:href="{}">x</a></svg>', '<svg><use href="{}#x"/></svg>',
    '<svg><use xlink:href="{}#x"/></svg>', '<svg><image href="{}"/></svg>', '<svg><set attributeName="href" to="{}"/></svg>',
    '<svg><foreignObject><a href="{}">x</a></foreignObject></svg>', '<math href="{}"><mi>x</mi></math>',
    '<math><maction href="{}">x</maction></math>',
    '<b style="background:url({})">x</b>', "<style>@import '{}';</style>", '<table background="{}"><td background="{}">x</td></table>',
    '<body background="{}">', '<blockquote cite="{}">x</blockquote>', '<q cite="{}">x</q>', '<del cite="{}">x</del>',
    '<html manifest="{}">',
    '<script src="{}"></script>', '<a data-link="{}" data-remote="{}">x</a>', '<portal src="{}"></portal>', '<a itemid="{}">x</a>',
    '<input type=image src="{}">', '<isindex action="{}">', '<bgsound src="{}">', '<template><a href="{}">x</a></template>',
    '<noscript><a href="{}">x</a></noscript>', '<a href="{}"><a href="{}">x', '<details ontoggle="location=\'{}\'" open>x</details>',
)  # fmt: skip
OWN = ("http:page.html", "page.html", "//page.html", "HTTP:/page.html")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("address", OWN)
def test_no_attribute_of_any_element_leads_into_the_server(place: str, address: str) -> None:
    html = place.replace("{}", address)
    for cleaned in (clean_html(html), shown(html), shown(f"<div>\n\n{html}\n\n</div>"), shown(f"text {html} text")):
        assert not re.search(r"<[^>]*page\.html", cleaned)
        assert not re.search(r"<(meta|base|form|iframe|object|embed|link|svg|math|video|script|style)", cleaned)


MARKDOWN = (
    "[x]({})", "[x](<{}>)", '[x]({} "title")', "[x][y]\n\n[y]: {}", "[y]\n\n[y]: <{}>", "![x]({})", "[![x]({})]({})", "<{}>",
    "# [x]({})", "| a |\n|---|\n| [x]({}) |", "- [x]({})", "> [x]({})", "**[x]({})**", "$a$ [x]({})", "[x](\\{})",
    "Title [x]({})\n====", "~~[x]({})~~", "[x](attachment:{})",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKDOWN)
@pytest.mark.parametrize("address", OWN)
def test_no_form_of_markdown_leads_into_the_server(text: str, address: str) -> None:
    assert not re.search(r"<[^>]*page\.html", shown(text.replace("{}", address)))


@pytest.mark.parametrize(
    "text", [form for form in MARKDOWN if "!" not in form and "attachment" not in form and "\\" not in form]
)
def test_every_form_of_markdown_keeps_an_honest_link(text: str) -> None:
    assert 'href="https://pytorch.org/docs/"' in shown(text.replace("{}", "https://pytorch.org/docs/"))


def shown(text: str) -> str:
    """Return Markdown as feedback and formgrader show it."""
    return str(markdown2html({"cell": {}}, text))  # type: ignore[arg-type]  # a mapping is all it needs of a context


# Each of these was a link to a page beside the notebook, typeset by MathJax 2.7 in the safe mode that nbconvert asks for.
FORMULAS = (
    r"$\href{http:page.html}{x}$", r"$$\href {http:page.html}{x}$$", r"\(\href{http:page.html}{x}\)",
    r"$\let\y=\href \y{http:page.html}{x}$",
    r"\begin{align}\href{http:page.html}{x}\end{align}", r"$\mmlToken{mtext}[href=http:page.html]{x}$", r"$\require{html}\href1x$",
    r"$\hr<wbr>ef{http:page.html}{x}$", r"$\hr<!-- -->ef{http:page.html}{x}$", r"$\&#104;ref{http:page.html}{x}$",
    r"$\h<x></x>ref{http:page.html}{x}$", r"$\hr<script></script>ef{x}{y}$", r"&bsol;href{http:page.html}{x}", r"<b>$\href{x}{y}$</b>",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_makes_a_link(formula: str) -> None:
    for cleaned in (clean_html(formula), shown(formula)):
        assert not re.search(r"\\(href|mmlToken)(?![A-Za-z])", cleaned)
    # MathJax does not read across this element; a reader sees the same.
    assert re.search(r"\\<span></span>(href|mmlToken)", clean_html(formula))


@pytest.mark.parametrize(
    "formula", [r"$\hrefx{a}$", r"$\frac{a}{b}$", r"$\text{href}$", r"$\\text{a}$", r"$h \ref{x}$"]
)
def test_any_other_formula_stays_as_it_is(formula: str) -> None:
    assert clean_html(formula) == formula


def test_what_looks_like_a_formula_in_a_title_is_left_alone() -> None:
    assert clean_html(r'<b title="\href{x}">x</b>') == r'<b title="\href{x}">x</b>'


@given(st.text(alphabet="hHtTpPsS:/\\\t\n\r\x00 .@#?%[]aolc1\xa0", max_size=24))
def test_what_is_kept_names_its_host_in_plain_sight(link: str) -> None:
    kept = safe_link(link)
    if kept is not None and not kept.startswith(("#", "mailto:")):
        parts = urlsplit(kept)
        assert parts.scheme in ("http", "https")
        assert kept.lower().startswith(f"{parts.scheme}://{parts.hostname}")
        assert "." in str(parts.hostname)
