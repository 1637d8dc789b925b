"""PDF files of plain letters, written by hand.

Knows no reader.
"""

from __future__ import annotations

from collections.abc import Sequence

Pages = Sequence[Sequence[tuple[int, str]]]  # of each page its lines, with the size of their letters


def pdf(pages: Pages, encrypted: bool = False) -> bytes:
    """A PDF of plain letters; `encrypted` under a password that nobody knows."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        drawn, high = [], 800
        for size, text in lines:
            drawn.append(f"BT /F1 {size} Tf 50 {high} Td ({text}) Tj ET")
            high -= 2 * size
        stream = "\n".join(drawn)
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        room = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {room} /Contents {len(objects)} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    content, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'ab' * 32}> /U <{'cd' * 32}> /P -4 >>" if encrypted else ""
    ids = "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R {ids} {locked} >>"
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    return content + f"{head}{table}{trailer}\nstartxref\n{len(content)}\n%%EOF".encode("latin-1")
