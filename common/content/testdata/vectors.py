#!/usr/bin/env python3
"""Writes vectors.json: an encoder of its own for docs/protocol.md's content, so that the Go code isn't its own judge.
Run it in this directory after a change of the protocol, and read the difference."""
import hashlib, json, math

def head(major, n):
    for size, mark in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if n < 24: return bytes([major << 5 | n])
        if n < 1 << 8 * size: return bytes([major << 5 | mark]) + n.to_bytes(size, "big")

def cbor(v):
    if v is True or v is False: return bytes([0xf4 + v])
    if isinstance(v, int): return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes): return head(2, len(v)) + v
    if isinstance(v, str): return head(3, len(v.encode())) + v.encode()
    if isinstance(v, list): return head(4, len(v)) + b"".join(map(cbor, v))
    pairs = sorted((cbor(k), x if isinstance(x, Raw) else cbor(x)) for k, x in v.items())
    return head(5, len(pairs)) + b"".join(k + x for k, x in pairs)

class Raw(bytes): pass

def padme(length):
    if length <= 256: return 256
    e = math.floor(math.log2(length)); s = math.floor(math.log2(e)) + 1
    step = 2 ** (e - s)
    return math.ceil(length / step) * step

def pad(plain): return plain + b"\x80" + bytes(padme(len(plain) + 1) - len(plain) - 1)

def of(n, first): return bytes([first]) + bytes(n - 1)
alice, bob, carol = of(32, 0xa1), of(32, 0xb0), of(32, 0xca)
m1, m2, general = of(16, 1), of(16, 2), of(16, 0x6e)
noon = 1795176000007
numbered = {1, 2, 3, 4, 6, 7, 9}

def message(kind, body, **changes):
    fields = {1: of(16, 0xee), 2: general, 4: noon, 7: kind, 8: Raw(body if isinstance(body, bytes) else cbor(body))}
    if kind != 12: fields |= {9: alice}
    if kind in numbered: fields |= {5: 2, 6: of(32, 0xff)}
    for key, value in changes.items(): fields[int(key[1:])] = value
    return {k: v for k, v in fields.items() if v is not None}

hello = {1: "hello"}
good = {
    "text": message(1, hello),
    "text with everything": message(1, {1: "*héllo* 👋", 2: m1, 3: 3600, 4: [bob, carol]}),
    "first text to a person": message(1, hello, f2=None, f3=bob, f5=1, f6=None),
    "edit": message(2, {1: m1, 2: "bye"}),
    "edit with mentions": message(2, {1: m1, 2: "bye", 3: [bob]}),
    "delete": message(3, {1: [m1, m2]}),
    "reaction": message(4, {1: m1, 2: "👨‍👩‍👧"}),
    "reaction removed": message(4, {1: m1, 2: "❤️", 3: True}),
    "delivered": message(5, {1: 1, 2: [m1], 3: noon}),
    "read": message(5, {1: 2, 2: [m2, m1], 3: noon}),
    "timer off": message(6, {}),
    "timer": message(6, {1: 2419200}),
    "file": message(7, {1: of(16, 3), 2: of(32, 4), 3: 0, 4: bytes(32), 5: "a"}),
    "file with everything": message(7, {1: of(16, 3), 2: of(32, 4), 3: 1 << 30, 4: of(32, 5), 5: "Ünder the sea.png", 6: "image/png", 7: b"\6", 8: 1}),
    "profile": message(8, {1: "Alice"}),
    "profile with everything": message(8, {1: "Alice", 2: "here and there", 3: b"\7"}),
    "ring": message(9, {1: 1, 2: of(16, 8), 3: True}),
    "call ended": message(9, {1: 4, 2: of(16, 8), 4: 60}),
    "call declined": message(9, {1: 5, 2: of(16, 8)}),
    "call busy": message(9, {1: 6, 2: of(16, 8)}),
    "offer": message(14, {1: of(16, 8), 2: 1, 3: "v=0\r\n"}),
    "answer": message(15, {1: of(16, 8), 2: 2, 3: "v=0\r\n", 4: 1}),
    "ice": message(16, {1: of(16, 8), 2: 3, 3: [{1: "candidate:1 1 udp 1 192.0.2.1 9 typ host"}]}),
    "ice with everything": message(16, {1: of(16, 8), 2: 4, 3: [{1: "candidate:1", 2: "0", 3: 1, 4: "abcd"}, {1: "candidate:2"}], 4: True}),
    "ice end": message(16, {1: of(16, 8), 2: 5, 4: True}),
    "not typing": message(10, {}),
    "typing": message(10, {1: True}),
    "resend": message(11, {1: [1, 7]}),
    "resend with packets": message(11, {1: [1], 2: [m2]}),
    "gone": message(13, {1: [2, 3]}),
    "gone packets": message(13, {2: [m1]}),
    "sender key": message(12, {1: b"\x09" * 100}),
    "long text": message(1, {1: "x" * 1000}),
}
newer = {
    "unknown type": message(99, {1: "new"}),
    "unknown type with a number": message(99, {1: [1, -1, {"a": b"b", b"c": False}]}, f5=1),
    "unknown part of a text": message(1, {1: "hello", 9: "new"}),
    "unknown receipt": message(5, {1: 3, 2: [m1], 3: noon}),
    "unknown call event": message(9, {1: 7, 2: of(16, 8)}),
    "unknown part of an offer": message(14, {1: of(16, 8), 2: 1, 3: "v=0", 9: 1}),
    "body that is no map": message(99, 7),
}
text = cbor(message(1, hello))
bad = {
    "nothing": (b"", "padding"),
    "only zeros": (bytes(256), "padding"),
    "no mark": (text + bytes(256 - len(text)), "padding"),
    "another mark": (text + b"\x81" + bytes(255 - len(text)), "padding"),
    "a one in the padding": (pad(text)[:-1] + b"\1", "padding"),
    "two marks": (text + b"\x80\x80" + bytes(254 - len(text)), "extraneous data"),
    "padding too long": (pad(text) + bytes(32), "padding"),
    "padding too short": (pad(text)[:-1], "padding"),
    "no CBOR": (pad(b"\xff"), ""),
    "empty": (pad(b""), ""),
    "no map": (pad(cbor([1])), ""),
    "something after the map": (pad(text + b"\0"), "extraneous data"),
    "cut off": (pad(text[:-1]), ""),
    "keys out of order": (pad(text[:1] + text[19:37] + text[1:19] + text[37:]), "canonical"),
    "a key twice": (pad(bytes([text[0] + 1]) + text[1:19] + text[1:]), "duplicate"),
    "a long integer": (pad(text[:1] + b"\x18\1" + text[2:]), "canonical"),
    "a long length": (pad(text.replace(b"\x65hello", b"\x78\5hello")), "canonical"),
    "indefinite map": (pad(b"\xbf" + text[1:] + b"\xff"), "indefinite"),
    "indefinite text": (pad(text.replace(b"\x65hello", b"\x7f\x65hello\xff")), "indefinite"),
    "tagged": (pad(b"\xc1" + text), "tag"),
    "float for an integer": (pad(text.replace(b"\x07\x01", b"\x07\xf9\x3c\x00")), ""),
    "text as bytes": (pad(text.replace(b"\x65hello", b"\x45hello")), ""),
    "text not UTF-8": (pad(text.replace(b"\x65hello", b"\x65h\xffllo")), "UTF-8"),
    "unknown key": (message(1, hello, f10=1), "unknown field"),
    "no author": (message(1, hello, f9=None), "author"),
    "author of a sender key": (message(12, {1: b"\1"}, f9=alice), "author"),
    "key that is text": (message(1, cbor({1: "a", "b": 1})[:-1] + b"\x18\1"), "canonical"),
    "empty optional field": (message(1, {1: "hello", 3: 0}), "canonical"),
    "empty list": (message(1, {1: "hello", 4: []}), "canonical"),
    "null": (message(1, b"\xa2\x01\x65hello\x04\xf6"), "canonical"),
    "null body": (message(1, b"\xf6"), "empty"),
    "short id": (message(1, hello, f1=bytes([9] * 15)), "canonical"),
    "long id": (message(1, hello, f1=bytes([9] * 17)), "canonical"),
    "zero id": (message(1, hello, f1=bytes(16)), "no id"),
    "no id": (message(1, hello, f1=None), "no id"),
    "no body": (message(1, hello, f8=None), ""),
    "no conversation": (message(1, hello, f2=None), "channel or a person"),
    "two conversations": (message(1, hello, f3=bob), "channel or a person"),
    "time before 1970": (message(1, hello, f4=-1), "time"),
    "time after 9999": (message(1, hello, f4=253402300800000), "time"),
    "time too large": (message(1, hello, f4=1 << 63), ""),
    "text without number": (message(1, hello, f5=None, f6=None), "number"),
    "receipt with number": (message(5, {1: 1, 2: [m1], 3: noon}, f5=1), "number"),
    "first with a message before": (message(1, hello, f5=1), "hash of the message before"),
    "second without one": (message(1, hello, f6=None), "hash of the message before"),
    "typing with one": (message(10, {}, f6=of(32, 1)), "hash of the message before"),
    "sender key for a person": (message(12, {1: b"\1"}, f2=None, f3=bob), "channel"),
    "unknown body not canonical": (message(99, b"\xa1\x18\1\1"), "canonical"),
    "unknown body too deep": (message(99, b"\x81" * 20 + b"\1"), "nest"),
    "unknown body with a tag": (message(99, b"\xc1\1"), "tag"),
    "unknown part not canonical": (message(1, b"\xa2\1\x65hello\x18\x09\x18\1"), "canonical"),
    "offer with a number": (message(14, {1: of(16, 8), 2: 1, 3: "v=0"}, f5=1), "number"),
    "offer without a sequence": (message(14, {1: of(16, 8), 2: 0, 3: "v=0"}), "sequence"),
    "answer to nothing": (message(15, {1: of(16, 8), 2: 1, 3: "v=0", 4: 0}), "offer"),
    "ice without candidates": (message(16, {1: of(16, 8), 2: 1}), "candidates"),
    "ice with its end denied": (message(16, {1: of(16, 8), 2: 1, 4: False}), "candidates"),
    "nested past the limit": (pad(b"\x81" * 200 + b"\1"), "nest"),
    "map of a million": (pad(b"\xba\0\x0f\x42\x40"), ""),
    "array of a million": (message(3, b"\xa1\1\x9a\0\x0f\x42\x40"), ""),
}
def encoded(v): return v if isinstance(v, bytes) else pad(cbor(v))
def shrunk(raw):
    """Hex with the zeros at the end counted: "ab+255" is one byte and 255 zeros."""
    tail = len(raw) - len(raw.rstrip(b"\0"))
    return f"{raw[:len(raw) - tail].hex()}+{tail}"
row = lambda name, raw: {"name": name, "encoded": shrunk(raw), "sha256": hashlib.sha256(raw).hexdigest()}
lengths = sorted(set(range(1, 2000, 37)) | {255, 256, 257, 4095, 4096, 4097, 65535, 65536, 100000, 131071, 131072})
json.dump({
    "good": [row(n, encoded(v)) for n, v in good.items()],
    "newer": [row(n, encoded(v)) for n, v in newer.items()],
    "bad": [{"name": n, "encoded": shrunk(encoded(v)), "error": e} for n, (v, e) in bad.items()],
    "padded": [[n - 1, padme(n)] for n in lengths],
}, open("vectors.json", "w"), indent=1, ensure_ascii=True)
