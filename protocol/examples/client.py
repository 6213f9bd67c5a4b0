#!/usr/bin/env python3
"""A client in Python, written from SPEC.md alone: it joins a board by a link, draws a rectangle and a stroke that others see
grow, waits until both are safe on the relay, and prints the board as JSON.

    pip install websockets
    python3 client.py 'http://HOST:7411/boards/BOARD#KEY'

Letters and numbers in brackets are SPEC.md's rules. README.md beside this file goes through it step by step.
"""

import argparse, asyncio, base64, json, math, os, random, re, sys, time
from urllib.parse import urlsplit

import websockets
from websockets.asyncio.client import connect

KINDS = {"stroke", "highlight", "rectangle", "diamond", "ellipse", "line", "image", "text", "note", "frame"}
# What only `base` says (section 13); `points` too, but of a line.
BASE_ONLY = {"kind", "step", "pressure", "image", "type", "pixels", "text"}
MOST = 100_000  # So many letters in a row are read.
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def rnd():
    """96 random bits: a peer [N2], or an element's id [N4]."""
    return base64.urlsafe_b64encode(os.urandom(12)).decode()


def text_of(value):
    """JSON as it is sent: without white space, and with every letter as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def place_of(link):
    """Where a link leads [L1]: scheme, host and port, board, key."""
    url = urlsplit(link)
    if url.scheme == "drawbridge":
        tls = "tls" in url.query.split("&")
        scheme, board, port = "wss" if tls else "ws", url.path.lstrip("/"), 443 if tls else 7411
    elif url.scheme in ("http", "https") and url.path.startswith("/boards/"):
        tls = url.scheme == "https"
        scheme, board, port = "wss" if tls else "ws", url.path[len("/boards/"):], 443 if tls else 80
    else:
        raise ValueError("a link is drawbridge://HOST:PORT/BOARD#KEY or http://HOST:PORT/boards/BOARD#KEY")
    if not (url.hostname and board and url.fragment):  # [L2]
        raise ValueError("the link lacks its host, its board or, behind the #, its key")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return scheme, f"{host}:{url.port or port}", board, url.fragment


def integers(numbers):
    """Integers as `points` and `pressure` have them [D5]."""
    return re.sub(" -", "-", " ".join(str(n) for n in numbers))


def steps(points):
    """Points, in whole steps, as their differences; the first is its own."""
    before, out = (0, 0), []
    for x, y in points:
        out += [x - before[0], y - before[1]]
        before = (x, y)
    return out


def order_above(top):
    """An order above `top`, which may be "" [D9]."""
    fraction = "".join(random.choice(DIGITS) for _ in range(2)) + random.choice(DIGITS[1:])
    if top < "a0":
        return "a0" + fraction
    head, size = top[0], ord(top[0]) - ord("a") + 1
    whole = top[1 : 1 + size]
    if not (head <= "z" and len(whole) == size and all(c in DIGITS for c in whole)):
        return top + "V"  # No order of this scheme; what is longer is above.
    number = sum(DIGITS.index(c) * 62**i for i, c in enumerate(reversed(whole))) + 1
    if number == 62**size:
        return top + "V" if head == "z" else chr(ord(head) + 1) + "0" * (size + 1) + fraction
    return head + "".join(DIGITS[number // 62**i % 62] for i in reversed(range(size))) + fraction


def read_text(base, cells):
    letters = {}  # (peer, number): [character or None, what it hangs on, behind it?]
    for n, char in enumerate(base):
        letters["", n] = [char, ("", n - 1) if n else None, True]
    cut = set()
    for me, value in cells:
        peers, n = ["" if p == "base" else p for p in value.get("peers", [])], value.get("first", 0)
        for place, *pieces in value.get("runs", []):
            who, behind, number = place.partition(">") if ">" in place else place.partition("<")
            on = (peers[int(who)] if who else me, int(number)) if place else None
            behind = behind != "<"
            for char in (c for p in pieces for c in (p if isinstance(p, str) else [None] * p)):
                held = letters.setdefault((me, n), [char, on, behind])
                held[0] = held[0] and char
                on, behind, n = (me, n), True, n + 1
        cut |= {(peers[i], k) for i, first, count in value.get("cut", []) for k in range(first, first + count)}
    hung, nowhere = {}, []
    for name in sorted(letters):
        _, on, behind = letters[name]
        if on is None or on in letters:
            hung.setdefault((on, behind), []).append(name)
        else:
            nowhere.append(name)
    text, seen = [], set()
    for name in hung.get((None, True), []) + nowhere + sorted(letters):
        todo = [(name, False)]
        while todo:
            name, is_open = todo.pop()
            if is_open:
                text.append("" if name in cut else letters[name][0] or "")
            elif name not in seen:
                seen.add(name)
                todo += [(child, False) for child in reversed(hung.get((name, True), []))] + [(name, True)]
                todo += [(child, False) for child in reversed(hung.get((name, False), []))]
    return "".join(text)


def readable(value):
    """What a cell says of a text, as `read_text` takes it; None if it is of another shape [D23]."""
    number = lambda n: type(n) is int and 0 <= n < 2**53
    numbers = lambda some: isinstance(some, list) and all(map(number, some))
    texts = lambda some: isinstance(some, list) and all(isinstance(one, str) for one in some)
    run = lambda r: isinstance(r, list) and texts(r[:1]) and r and all(isinstance(p, str) or number(p) for p in r)
    if not isinstance(value, dict):
        return None
    peers, first, runs, cut = (value.get(*one) for one in (("peers", []), ("first", 0), ("runs", []), ("cut", [])))
    if not (texts(peers) and number(first) and isinstance(runs, list) and all(map(run, runs)) and isinstance(cut, list)):
        return None
    if not all(numbers(one) and len(one) == 3 for one in cut):
        return None
    told = []
    for place, *pieces in runs:
        if any(type(piece) is int and piece > MOST for piece in pieces):
            break  # It can't be counted, nor can those after it.
        found = re.fullmatch("([0-9]{0,9})[<>][0-9]{1,15}", place)
        there = place == "" or found and (not found[1] or int(found[1]) < len(peers))
        told.append([place if there else f">{2**53}", *pieces])  # What can't be read is a letter that isn't here.
    return {"peers": peers, "first": first, "runs": told, "cut": [c for c in cut if c[0] < len(peers) and c[2] <= MOST]}


class Ended(Exception):
    """The relay doesn't want this client back, and why."""


class Connect(connect):
    """A connection that goes where it is told and nowhere else: the hello has the key in it [L3], [E4]."""

    def process_redirect(self, exc):
        return exc


class Board:
    """A board that is kept the same as the relay's. `run` connects, and comes back after breaks."""

    def __init__(self, link, name):
        self.scheme, self.host, self.board, self.key = place_of(link)
        self.name, self.peer = name, rnd()
        self.cells = {}  # (element, property): the winning cell [M1]
        self.theirs = {}  # the same of what the relay has sent
        self.mine = {}  # what this run has written and the relay may lack
        self.writes = []  # {"id", "cells", "ends"} in the order in which they go out
        self.slots = {}  # one's own wet slots: name: [chunk]
        self.others = {}  # those of others: conn: {name: [chunk]}
        self.clock, self.offset = (0, 0), 0
        self.cursor, self.ws, self.waits = None, None, None
        self.caught_up, self.last_id, self.connections = False, 0, 0
        self.sent = set()  # the numbers of writes that were sent on this connection
        self.ready, self.heals = False, False  # whether writes may go out; whether they are offered anew
        self.since, self.moves, self.moved = None, 0, False  # when this connection was caught up, and relays in a row
        self.refusals = []  # what the relay said of what it didn't take
        self.changed = asyncio.Event()

    async def until(self, what):
        """Waits until `what()` holds."""
        while not what():
            self.changed.clear()
            await self.changed.wait()

    # Cells and stamps

    def stamp(self):
        """A stamp above all that were seen [S3]."""
        now = int(time.time() * 1000) + self.offset  # [S4]
        ms, counter = self.clock
        full = counter == 2**32 - 1  # [S2]
        self.clock = (now, 0) if now > ms else (ms + 1, 0) if full else (ms, counter + 1)
        return [*self.clock, self.peer]

    def order(self, cell):
        # The text that was sent isn't kept; of equal stamps with different values, which nobody writes, this comes near.
        return cell["stamp"], text_of(cell["value"]).encode(errors="surrogatepass")

    def merge(self, cell, into=None):
        """Takes a cell in; the greater stamp wins [M2]."""
        into = self.cells if into is None else into
        self.clock = max(self.clock, tuple(cell["stamp"][:2]))
        key = (cell["element"], cell["prop"])
        if key not in into or self.order(cell) > self.order(into[key]):
            into[key] = cell
        return key

    def write(self, values, ends=()):
        """Writes {(element, property): value}, all of it or nothing [R1], and ends these wet slots with it [V6]."""
        cells = [{"element": e, "prop": p, "stamp": self.stamp(), "value": v} for (e, p), v in values.items()]
        for cell in cells:
            self.mine[self.merge(cell)] = cell
        for slot in ends:
            self.slots.pop(slot, None)
        self.last_id += 1
        self.writes.append({"id": self.last_id, "cells": cells, "ends": list(ends)})

    def settled(self):
        """Whether all that was written has come back [R3]."""
        return not self.writes

    def elements(self):
        """What is to be seen, from bottom to top."""
        found = {}
        for (element, prop), cell in self.cells.items():
            found.setdefault(element, {})[prop] = cell["value"]
        shown = []
        for element, props in found.items():
            base = props.get("base")
            if not isinstance(base, dict) or base.get("kind") not in KINDS:  # [D2]
                continue
            ink = base["kind"] in ("stroke", "highlight")
            later = {
                prop: value
                for prop, value in props.items()
                if value is not None and prop not in BASE_ONLY | {"base"} and "/" not in prop and not (ink and prop == "points")
            }
            whole = {**base, **later, "id": element}  # [D1], [D4]
            letters = [(prop.split("/")[1], readable(value)) for prop, value in props.items() if prop.startswith("text/")]
            if letters:  # [D20]
                born = base.get("text", "")
                whole["text"] = read_text(born if isinstance(born, str) else "", [c for c in letters if c[1]])
            if whole.get("deleted") is not True:  # [D3]
                shown.append(whole)
        return sorted(shown, key=lambda e: (str(e.get("order", "")), e["id"]))

    def title(self):
        """What the board is called [D8]."""
        return self.cells.get(("board", "title"), {}).get("value", "")

    # Wet ink

    async def live(self, slot, operation, chunks=None):
        """Changes one of one's own slots, "put", "add" or "clear", and tells it if there is a connection [V1]."""
        if operation == "clear":
            self.slots.pop(slot, None)
        else:
            self.slots[slot] = (self.slots.get(slot, []) if operation == "add" else []) + chunks
        if self.ws:
            await self.send({"live": {slot: "clear" if operation == "clear" else {operation: chunks}}})

    # The connection

    async def run(self):
        """Connects, and connects again after every break, until the relay says that it is to end."""
        bound = 0.25
        while True:
            after, self.stopping, self.retry, self.since = 0, 0, None, None
            try:
                # [X3]; websockets sends the pings. It also checks the certificate of a relay with TLS [L3].
                where = f"{self.scheme}://{self.host}/boards/{self.board}"
                async with Connect(where, max_size=None, ping_interval=10, ping_timeout=5) as ws:
                    await self.talk(ws)
            except websockets.ConnectionClosed as end:
                code = end.rcvd.code if end.rcvd else None
                after = self.ended(code)
            except websockets.InvalidStatus as answer:
                if answer.response.status_code == 400 and b"https" in (answer.response.body or b""):  # [L3]
                    raise Ended("the relay speaks TLS there: ask for a link that begins with https")
                # [E4] Any other answer in place of the upgrade is a broken line.
            except (OSError, websockets.WebSocketException):
                pass
            finally:
                self.ws, self.caught_up, self.ready, self.others = None, False, False, {}
                self.changed.set()
            if self.moved:  # [E5] There at once.
                self.moved, bound = False, 0.25
                continue
            if self.on_board() >= 5:  # [E4]
                bound = 0.25
            await asyncio.sleep(after + random.uniform(0, bound))
            bound = min(bound * 2, 15)

    def on_board(self):
        """For how many seconds this connection has been on the board."""
        return time.monotonic() - self.since if self.since else 0

    def ended(self, code):
        """For how many seconds to stay away, after a connection that ended with this code [X1]."""
        if code in (1000, 1003, 1009) or (code == 1008 and not self.retry):
            raise Ended(f"the relay has ended the connection with {code}")
        if self.retry and isinstance(self.retry[0], dict):
            return self.retry[0].get("after", 1000) / 1000
        if self.retry and code in (1008, 1013):  # [W4]
            raise Ended(self.retry[1])
        return min(self.stopping, 60_000) / 1000  # [X5]

    async def send(self, message):
        try:
            await self.ws.send(text_of(message))
        except websockets.ConnectionClosed:
            pass  # `run` hears of it, and everything is sent again.

    async def talk(self, ws):
        hello = {"versions": [1], "peer": self.peer, "key": self.key, "about": {"name": self.name, "color": "#2f6fde"}}
        if self.cursor:
            hello["cursor"] = self.cursor
        await ws.send(text_of({"hello": hello}))
        while True:
            for name, body in json.loads(await ws.recv()).items():
                await self.on(ws, name, body)
            self.changed.set()

    async def on(self, ws, name, body):
        if name == "welcome":
            self.offset = body["time"] - int(time.time() * 1000)
            self.conn, self.limits = body["conn"], body["limits"]
            self.others = {one["conn"]: one.get("slots", {}) for one in body["here"]}  # [V4]
            if self.cursor and not body.get("resumed"):
                self.forget_cursor()
            self.ws, self.sent, self.waits, self.connections = ws, set(), None, self.connections + 1
            if self.slots:  # [V3]
                await self.send({"live": {slot: {"put": chunks} for slot, chunks in self.slots.items()}})
        elif name == "cells":
            for cell in body["cells"]:
                self.merge(cell, self.theirs)
                self.settle(self.merge(cell), cell["stamp"])  # [R3]
            self.cursor = body["cursor"]  # [C2]
        elif name == "caught_up":  # [R4]
            self.cursor, self.caught_up, self.since = body["cursor"], True, time.monotonic()
            if self.heals:  # [E3] Not all at once, where everybody has something to offer.
                asyncio.get_running_loop().call_later(random.uniform(0, 2), self.may_offer, ws)
            else:
                self.ready = True
            await self.offer()
        elif name == "ack":
            if self.waits == body["id"]:
                self.waits = None
            await self.offer()
        elif name == "refused":
            await self.refused(body)
        elif name == "joined":
            self.others[body["conn"]] = {}
        elif name == "left":
            self.others.pop(body["conn"], None)
        elif name == "live":
            for one in (one for one in body if one["conn"] != self.conn):  # [V5]
                self.hear(self.others.setdefault(one["conn"], {}), one["slots"])
        elif name == "stopping":
            self.stopping = body["after"]
        elif name == "moved":  # [E5], [E6]
            to = urlsplit(body["to"])
            scheme = "wss" if to.scheme == "https" else "ws"
            if (self.scheme == "wss" and scheme == "ws") or (scheme, to.netloc) == (self.scheme, self.host):
                raise Ended(f"the board is said to have moved to {body['to']}, where this client doesn't go")
            self.moves = self.moves + 1 if self.on_board() < 5 else 0
            if self.moves > 4:
                raise Ended("relays send this client on from one to the next")
            self.scheme, self.host, self.moved = scheme, to.netloc, True
            self.forget_cursor()
        # Other messages are those of later versions, or don't matter here [W2].

    def hear(self, slots, operations):
        for slot, operation in operations.items():
            if operation == "clear":
                slots.pop(slot, None)
            elif "put" in operation:
                slots[slot] = operation["put"]
            elif "add" in operation:
                slots[slot] = slots.get(slot, []) + operation["add"]

    def settle(self, key, stamp):
        """Of this cell, what was written up to this stamp is on the relay, or never will be."""
        for write in self.writes:
            write["cells"] = [c for c in write["cells"] if (c["element"], c["prop"]) != key or c["stamp"] > stamp]
        self.writes = [write for write in self.writes if write["cells"]]

    def drop(self, cell):
        """Takes back a cell that the relay doesn't take: what it would have won over is shown again."""
        key = (cell["element"], cell["prop"])
        for write in self.writes:
            write["cells"] = [c for c in write["cells"] if c is not cell]
        self.writes = [write for write in self.writes if write["cells"]]
        own = [c for write in self.writes for c in write["cells"] if (c["element"], c["prop"]) == key]
        for held, left in ((self.mine, own), (self.cells, own + [self.theirs[key]] if key in self.theirs else own)):
            held.pop(key, None)
            if left:
                held[key] = max(left, key=self.order)

    def forget_cursor(self):
        """The relay lost its disk, or is another one: what this run wrote is offered again [E3]. What others wrote is left
        to them, and to apps, which have it on disk as it was sent."""
        self.cursor, self.heals = None, True
        waiting = [id(cell) for write in self.writes for cell in write["cells"]]
        for cell in self.mine.values():
            if id(cell) not in waiting:
                self.last_id += 1
                self.writes.append({"id": self.last_id, "cells": [cell], "ends": []})

    async def offer(self):
        """Sends the next write that isn't on the relay. One at a time is slow, but always within the window [R5]."""
        if not (self.ws and self.ready) or self.waits is not None:
            return
        for write in self.writes:
            if write["id"] not in self.sent:
                self.sent.add(write["id"])
                self.waits = write["id"]
                await self.send({"write": write})
                return

    async def refused(self, body):
        retry = body.get("retry")
        if "id" not in body:
            if "slot" not in body and body["code"] != "unknown_message":
                self.retry = (retry, body["message"])  # What ends the connection, if it ends now [F2].
            return
        write = next((w for w in self.writes if w["id"] == body["id"]), None)
        self.waits = None
        if write and isinstance(retry, dict):
            asyncio.get_running_loop().call_later(retry.get("after", 1000) / 1000, self.again, write["id"])
        elif write:  # [F1] A program this short says so and goes on without it.
            cell = body.get("cell")
            out = [c for c in write["cells"] if not cell or (c["element"], c["prop"]) == (cell["element"], cell["prop"])]
            self.refusals.append(f"the relay refuses {len(out)} cells: {body['message']}")
            for c in out:
                self.drop(c)
            self.again(write["id"])
        await self.offer()

    def may_offer(self, ws):
        if self.ws is ws:
            self.ready, self.heals = True, False
            asyncio.ensure_future(self.offer())

    def again(self, write):
        self.sent.discard(write)
        asyncio.ensure_future(self.offer())


async def draw(board, seconds):
    """A rectangle at once, and a spiral that others see grow."""
    top = max((str(e.get("order", "")) for e in board.elements()), default="")
    x, y = random.randrange(0, 600), random.randrange(0, 400)
    order = order_above(top)
    box = {"kind": "rectangle", "order": order, "place": [200, 0, 0, 120, x, y], "color": "blue", "fill": "yellow"}
    board.write({(rnd(), "base"): {**box, "text": board.name}})
    await board.offer()

    # A quarter of a unit is a step.
    turns = [(0.2 * i, 4 + 0.9 * i) for i in range(100)]
    spiral = [(round(4 * (x + 100 + r * math.cos(a))), round(4 * (y + 220 + r * math.sin(a)))) for a, r in turns]
    numbers = steps(spiral)
    stroke, ink = rnd(), {"kind": "stroke", "order": order_above(order), "color": "red", "width": 4, "step": 0.25}
    await board.live(stroke, "put", [{**ink, "points": integers(numbers[:2])}])  # [D6]
    for i in range(2, len(numbers), 2):
        await asyncio.sleep(seconds / len(spiral))  # At most 60 a second [V7].
        await board.live(stroke, "add", [{"points": integers(numbers[i : i + 2])}])
    board.write({(stroke, "base"): {**ink, "points": integers(numbers)}}, ends=[stroke])
    await board.offer()


async def main():
    args = argparse.ArgumentParser(description="Draws on a Drawbridge board and prints it as JSON.")
    args.add_argument("link", help="http://HOST:PORT/boards/BOARD#KEY or drawbridge://HOST:PORT/BOARD#KEY")
    args.add_argument("--name", default="Python", help="what others call this client")
    args.add_argument("--seconds", type=float, default=3, help="how long the stroke takes")
    args.add_argument("--read", action="store_true", help="draw nothing, only print the board")
    args = args.parse_args()
    board = Board(args.link, args.name)

    async def work():
        await board.until(lambda: board.caught_up)
        if not args.read:
            await draw(board, max(args.seconds, 2))
            await board.until(board.settled)

    work, run = asyncio.create_task(work()), asyncio.create_task(board.run())
    done, _ = await asyncio.wait([work, run], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()  # What went wrong is raised here.
    run.cancel()
    await asyncio.wait([run])
    print(f"{board.connections} connections", file=sys.stderr)
    print(json.dumps({"title": board.title(), "elements": board.elements()}, ensure_ascii=False, indent=1))
    if board.refusals:
        raise Ended("; ".join(board.refusals))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (Ended, ValueError) as why:
        sys.exit(str(why))
