r"""The part of Protocol Buffers' wire format that an ONNX file needs.

A message is a row of fields. Each begins with one number, 8 times the number of the field plus how
the value is stored: 0, a whole number; 2, so many bytes, which may be a text or another message.
Whole numbers are stored in groups of 7 bits, the lowest first; all bytes but the last have their
highest bit set. Negative ones are stored as if 2⁶⁴ had been added.

    field 1, the number 300   ->   08  ac 02
    field 2, the text "hi"    ->   12  02  68 69

Nothing says what a field means: that stands in the description of the format that uses it.
Source: Protocol Buffers documentation, "Encoding".
"""

from __future__ import annotations

from typing import Union

__all__ = ["field", "varint"]


def varint(number: int) -> bytes:
    r"""Return a whole number in groups of 7 bits, the lowest first.

    >>> varint(1), varint(300)
    (b'\x01', b'\xac\x02')
    """
    number &= (1 << 64) - 1
    groups = bytearray()
    while number > 0x7f:
        groups.append(number & 0x7f | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def field(number: int, value: Union[int, str, bytes]) -> bytes:
    r"""Return a field: a whole number, a text, or the bytes of another message.

    >>> field(1, 300), field(2, "hi")
    (b'\x08\xac\x02', b'\x12\x02hi')
    """
    if isinstance(value, int):
        return varint(8 * number) + varint(value)
    contents = value.encode("utf-8") if isinstance(value, str) else value
    return varint(8 * number + 2) + varint(len(contents)) + contents
