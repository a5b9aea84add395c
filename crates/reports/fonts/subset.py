#!/usr/bin/env python3
"""Makes the two fonts of this folder again: see README.md for where its three inputs come from.

    python3 subset.py NotoSerifCJK-Regular.ttc wqy-microhei.ttc Unihan_OtherMappings.txt
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# Letters, punctuation and symbols: Latin, Greek, Cyrillic, general punctuation, letter-like signs, numbers, arrows,
# mathematics, enclosed numbers, boxes, shapes, CJK punctuation, kana, enclosed and squared CJK, full and half width.
RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x017F), (0x01CD, 0x01DC), (0x0370, 0x0451), (0x2010, 0x2027), (0x2030, 0x205E),
    (0x20AC, 0x20AC), (0x2100, 0x218F), (0x2190, 0x2199), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x257F),
    (0x25A0, 0x25FF), (0x2605, 0x2606), (0x2610, 0x2612), (0x2640, 0x2642), (0x2713, 0x2717), (0x3000, 0x303F),
    (0x3041, 0x30FF), (0x3220, 0x3247), (0x3280, 0x32B0), (0x3380, 0x33DF), (0xFE30, 0xFE4F), (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE6), (0xFFFD, 0xFFFD),
]


def gb2312():
    """The characters of GB/T 2312."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield ord(bytes([row, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                pass


def standard(unihan):
    """The 8,105 characters of 通用规范汉字表 (kTGH)."""
    with open(unihan, encoding="utf-8") as lines:
        return [int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line]


def write(source, number, target, characters):
    font = TTFont(source, fontNumber=number, recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.layout_features = ["kern", "liga", "locl", "mark", "mkmk", "ccmp"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters if characters else font.getBestCmap().keys())
    subsetter.subset(font)
    font.save(target)


serif, hei, unihan = sys.argv[1:]
characters = {one for first, last in RANGES for one in range(first, last + 1)} | set(gb2312()) | set(standard(unihan))
write(serif, 2, "NotoSerifCJKsc-Regular-subset.otf", characters)
write(hei, 0, "wqy-microhei.ttf", None)
