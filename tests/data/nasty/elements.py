"""Nasty XML and web pages without a table: records as elements, questions as headings, and bombs.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
SAID = [(q, "是" + a) for q, a in QUESTIONS]


def repeated() -> list[Case]:
    def each(form: str, around: str = "faq", head: str = XML) -> bytes:
        return (
            head
            + f"<{around}>\n"
            + "\n".join(form.format(n=n, q=q, a=a) for n, (q, a) in enumerate(QUESTIONS))
            + f"\n</{around}>"
        ).encode()

    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'{XML}<!DOCTYPE faq [<!ENTITY l0 "lol">{laughs}]><faq><p><q>&l9;</q><a>1</a></p><p><q>2</q><a>2</a></p></faq>'
    )
    outside = f'{XML}<!DOCTYPE faq [<!ENTITY f SYSTEM "file:///etc/passwd">]><faq><p><q>&f;</q><a>1</a></p><p><q>2</q><a>2</a></p></faq>'
    pair = '<pair id="{n}"><question kind="x">{q}</question><answer>\n    {a}\n  </answer></pair>'
    return [
        Case("XML of pairs", each(pair), QUESTIONS),
        Case("XML of pairs, deeper down", each(pair, "doc").replace(b"<doc>", "<doc><头>店</头><list>".encode()).replace(b"</doc>", b"</list></doc>"), QUESTIONS),
        Case("XML of pairs without a declaration", each(pair, head=""), QUESTIONS),
        Case("XML with names of a space", each('<x:item xmlns:x="urn:a"><x:q>{q}</x:q><x:a>{a}</x:a></x:item>'), QUESTIONS),
        Case("XML, marks in an answer", each("<item><q>{q}</q><a>是<b>{a}</b></a></item>"), SAID),
        Case("XML, attributes alone", (XML + "<faq>" + "".join(f'<row question="{q}" answer="{a}"/>' for q, a in QUESTIONS) + "</faq>").encode(), QUESTIONS),
        Case("XML, a label as an attribute", (XML + "<reviews>" + "".join(f'<review label="{b}">{a}</review>' for a, b in REVIEWS) + "</reviews>").encode(), REVIEWS),
        Case("XML with an element called body", (XML + "<mails>" + "".join(f"<mail><body>{a}</body><label>{b}</label></mail>" for a, b in REVIEWS) + "</mails>").encode(), REVIEWS),
        Case("a bomb among XML records", bomb.encode(), refusal="data.is_other"),
        Case("XML records that ask for a file", outside.encode(), refusal="data.is_other"),
        Case("XML records cut short", each(pair)[:-30], refusal="data.is_other"),
        Case("XML very deep", (XML + "<a>" * 3000 + "</a>" * 3000).encode(), refusal="data.is_other"),
    ]  # fmt: skip


def asked_pages() -> list[Case]:
    def page(each: str, around: str = "", after: str = "") -> bytes:
        body = "\n".join(each.format(q=q, a=a, n=n) for n, (q, a) in enumerate(QUESTIONS, 1))
        return f"<!DOCTYPE html><html><head><title>店</title><style>p{{}}</style></head><body><nav><a>首页</a></nav><h1>常见问题</h1>{around}{body}{after}<footer>版权</footer></body></html>".encode()

    steps = [(q, f"{a}\n先看\n再问") for q, a in QUESTIONS]
    return [
        Case("a page, headings", page("<h3>{q}</h3>\n<p>{a}</p>", "<h2>到店</h2>"), QUESTIONS),
        Case("a page, headings that say that they ask", page("<h2>问题 {n}：{q}</h2><p>{a}</p>"), QUESTIONS),
        Case("a page, answers with steps", page("<h3>{q}</h3><p>{a}</p><ol><li>先看</li><li>再问</li></ol>"), steps),
        Case("a page, terms", page("<dt>{q}</dt><dd>{a}</dd>", "<dl>", "</dl>"), QUESTIONS),
        Case("a page, folded", page("<details><summary>{q}</summary><p>{a}</p></details>", after="<p>还有问题请来电</p>"), QUESTIONS),
        Case("a page, buttons", page('<div><h3><button>{q}</button></h3><div><p>{a}</p></div></div>'), QUESTIONS),
        Case("a page, a sign behind each", page('<div><div><button>{q}</button><span>+</span></div><div>{a}</div></div>'), QUESTIONS),
        Case("a page, classes", page('<div class="faq-item"><div class="faq-question"><span>{q}</span></div><div class="faq-answer">{a}</div></div>'), QUESTIONS),
        Case("a page, bold", page("<p><strong>{q}</strong><br>{a}</p>"), QUESTIONS),
        Case("a page that asks once", page("<p>{a}</p>", "<h2>你们是谁？</h2>"), refusal="data.is_other"),
    ]  # fmt: skip
