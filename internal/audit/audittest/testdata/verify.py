"""Verifies an export of the history: written from docs/history.md alone, with
the standard library alone. It recomputes chain, leaves and inclusion proofs.
It leaves out the signature of the head, for which Python has no ed25519, and
prints what the head says instead. usage: verify.py history.jsonl"""
import base64, hashlib, json, sys


def sha(b):
    return hashlib.sha256(b).digest()


def root(leaf, index, size, proof):
    """RFC 6962, 2.1.1: the root that an audit path leads to (RFC 9162, 2.1.3.2)."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise ValueError("the proof is too long")
        if fn & 1 or fn == sn:
            r = sha(b"\1" + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1" + r + p)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ValueError("the proof is too short")
    return r


def verify(data):
    if not data.endswith(b"\n"):
        raise ValueError("the last line is cut off")
    lines = data[:-1].split(b"\n")
    header = json.loads(lines[0])
    if header["format"] != "takedown-history-1":
        raise ValueError("another format")
    note = base64.b64decode(json.loads(lines[-1])["head"], validate=True).decode()
    origin, size, top, rest = note.split("\n", 3)
    size, top = int(size), base64.b64decode(top, validate=True)
    if not origin.startswith("takedown history ") or not rest.startswith("\n— "):
        raise ValueError("the last line is no signed head")
    prev, last = "0" * 64, -1
    for seq, line in enumerate(lines[1:-1], 1):
        # The entry as it was hashed: from behind {"entry": to before ,"index":
        raw = line[len(b'{"entry":'):line.rindex(b',"index":')]
        entry, l = json.loads(raw), json.loads(line)
        where = "line %d, entry %s: " % (seq + 1, entry["id"])
        if entry["stream"] != header["stream"] or entry["seq"] != seq:
            raise ValueError(where + "another stream or number")
        if entry["prev"] != prev:
            raise ValueError(where + "does not follow the one before")
        if not last < l["index"] < size:
            raise ValueError(where + "stands at another place of the log")
        proof = [base64.b64decode(p, validate=True) for p in l["proof"]]
        if root(sha(b"\0" + raw), l["index"], size, proof) != top:
            raise ValueError(where + "is no leaf of the signed log")
        prev, last = hashlib.sha256(raw).hexdigest(), l["index"]
    if header["count"] != len(lines) - 2:
        raise ValueError("the header promises another number of entries")
    return "%d entries under a head of %d, root %s" % (len(lines) - 2, size, base64.b64encode(top).decode())


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as f:
            print(verify(f.read()))
    except (ValueError, KeyError, IndexError) as e:
        sys.exit("does not verify: %s" % e)
