"""Writes safety.json beside it: the safety numbers of some pairs, computed apart from the Go code."""
import base64, hashlib, json, pathlib

def half(user, address):
    digest = b"\x00\x00" + user + address.encode()
    for _ in range(5200):
        digest = hashlib.sha512(digest + user).digest()
    return " ".join("%05d" % (int.from_bytes(digest[5 * i:5 * i + 5], "big") % 100000) for i in range(6))

def user_id(text):
    body = text.removeprefix("u_").upper()
    return base64.b32decode(body + "=" * (-len(body) % 8))

folder = pathlib.Path(__file__).parent
users = [v["User"] for v in json.loads((folder / "phrases.json").read_text())]
pairs = [(users[0], "@alice@example.org", users[1], "@bob@example.org"),
         (users[1], "@bob@example.org", users[2], "@carol@example.org"),
         (users[0], "@alice@example.org", users[0], "@alice@example.net"),
         (users[3], "", users[4], "@ærøskøbing@example.org")]
rows = [{"UserA": a, "AddressA": x, "UserB": b, "AddressB": y,
         "Number": " ".join(sorted([half(user_id(a), x), half(user_id(b), y)]))} for a, x, b, y in pairs]
(folder / "safety.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
