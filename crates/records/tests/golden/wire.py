"""What the scripts of the golden pairs share: fields, records and the files of a pair.

Reads no layout file and shares no code with the gateway.
"""

import csv
import io
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
CITY = "13101"
CITY_6 = "131016"
TODAY = "20260710"


def nine(width, digits):
    """Digits, right, zeros on the left."""
    digits = str(digits)
    assert digits.isascii() and digits.isdigit() and len(digits) <= width, (width, digits)
    return digits.rjust(width, "0").encode()


def one(width, text):
    """One-byte characters, left, spaces."""
    encoded = strict(text)
    assert len(encoded) == len(text) <= width, (width, text, len(encoded))
    return encoded.ljust(width)


def two(width, text, right=False):
    """Two-byte characters, wide spaces."""
    encoded = strict(text)
    assert len(encoded) == 2 * len(text) <= width and width % 2 == 0, (width, text)
    fill = strict("　") * ((width - len(encoded)) // 2)
    return fill + encoded if right else encoded + fill


def mixed(width, text):
    """Both, left, spaces."""
    encoded = strict(text)
    assert len(encoded) <= width, (width, text, len(encoded))
    return encoded.ljust(width)


def strict(text):
    """JIS X 0201 and JIS X 0208 only. Python's codec has the other spelling of some signs and of byte 5C."""
    assert not set(text) & set("\\~‾～－∥"), text
    encoded = text.replace("¥", "\\").encode("shift_jis")
    for c in text:
        code = c.replace("¥", "\\").encode("shift_jis")
        if len(code) == 2:
            lead, trail = code
            row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + (2 if trail >= 0x9F else 1)
            assert 1 <= row <= 8 or 16 <= row <= 84, (c, row)
    return encoded


def record(length, *fields):
    whole = b"".join(fields)
    assert len(whole) == length, (length, len(whole))
    return whole


def lines(*records):
    return b"".join(each + b"\r\n" for each in records)


def mod10(digits):
    """Modulus 10, weights 3 and 1 from the right."""
    total = sum(int(digit) * (3, 1)[n % 2] for n, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def full(text, width):
    """Says that a text fills its item."""
    assert len(strict(text)) == width, (text, len(strict(text)), width)
    return text


def table(columns, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        assert len(row) == len(columns), (len(row), len(columns), row)
        writer.writerow(row)
    return out.getvalue()


def pair(name, columns, rows, output, decoded=None, link=None, status=None):
    """Writes a pair. `decoded` are the rows of normal form, where they differ; with `status`, the column of the code and
    the word for each code, they have the column 状態 after the others."""
    where = HERE / name
    where.mkdir(parents=True, exist_ok=True)
    (where / "input.csv").write_text(table(columns, rows), encoding="utf-8", newline="")
    (where / "output.bin").write_bytes(output)
    if status:
        code, words = columns.index(status[0]), status[1]
        decoded = [[*row, words[row[code]]] for row in decoded or rows]
        columns = [*columns, "状態"]
    if decoded is not None and decoded != rows:
        (where / "decoded.csv").write_text(table(columns, decoded), encoding="utf-8", newline="")
    if link:
        text = "[values]\n" + "".join(f'"{key}" = "{value}"\n' for key, value in link.items())
        (where / "link.toml").write_text(text, encoding="utf-8", newline="")
