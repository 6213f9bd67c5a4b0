// A board that is kept the same as a relay's, written from SPEC.md alone. It runs in Node and in browsers: all it needs is
// their WebSocket. Letters and numbers in brackets are SPEC.md's rules; README.md beside this file goes through it.

const KINDS = new Set(["stroke", "highlight", "rectangle", "diamond", "ellipse", "line", "image", "text", "note", "frame"]);
// What only `base` says (section 13); `points` too, but of a line.
const BASE_ONLY = new Set(["base", "kind", "step", "pressure", "image", "type", "pixels", "text"]);
const MOST = 100_000; // So many letters in a row are read.
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 96 random bits: a peer [N2], or an element's id [N4]. */
export function rnd() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** Where a link leads [L1]. */
export function placeOf(link) {
  // Only `http` is parsed alike everywhere.
  const app = link.startsWith("drawbridge://");
  const url = new URL(app ? link.replace("drawbridge:", "http:") : link);
  const tls = app ? url.searchParams.has("tls") : url.protocol === "https:";
  const board = app ? url.pathname.slice(1) : url.pathname.replace(/^\/boards\//, "");
  if (!board || board.includes("/") || url.hash.length < 2) { // [L2]
    throw new Error("A link is http://HOST:PORT/boards/BOARD#KEY or drawbridge://HOST:PORT/BOARD#KEY.");
  }
  // The URL leaves out the port that its scheme means by itself.
  const written = /^[a-z]+:\/\/[^/?#]*:(\d+)(?=[/?#])/.exec(link)?.[1];
  const port = written ?? (app ? (tls ? "443" : "7411") : tls ? "443" : "80");
  return { scheme: tls ? "wss" : "ws", host: `${url.hostname}:${port}`, board, key: url.hash.slice(1) };
}

/** Integers as `points` and `pressure` have them [D5]. */
export const integers = (numbers) => numbers.join(" ").replaceAll(" -", "-");

/** And back. */
export const numbersOf = (text) => (String(text).match(/-?\d+/g) ?? []).map(Number);

/** Points, in whole steps, as their differences; the first is its own. */
export function steps(points) {
  let [bx, by] = [0, 0];
  return points.flatMap(([x, y]) => {
    const step = [x - bx, y - by];
    [bx, by] = [x, y];
    return step;
  });
}

/** Texts are compared byte by byte, as UTF-8: where that differs from what JavaScript does, it is by code point. */
export function compare(a, b) {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = x[i].codePointAt(0) - y[i].codePointAt(0);
    if (difference) return difference;
  }
  return x.length - y.length;
}

/** Which of two stamps is the greater one [S1]; clocks are compared like this too. */
const later = (a, b) => a[0] - b[0] || a[1] - b[1] || compare(a[2] ?? "", b[2] ?? "");

/** The key of a cell among others. */
const keyOf = ({ element, prop }) => `${element} ${prop}`;

/** An order above `top`, which may be "" [D9]. */
export function orderAbove(top) {
  const digit = (from) => DIGITS[from + Math.floor(Math.random() * (DIGITS.length - from))];
  const fraction = digit(0) + digit(0) + digit(1);
  if (compare(top, "a0") < 0) return "a0" + fraction;
  const size = top.charCodeAt(0) - 96;
  const whole = [...top.slice(1, 1 + size)].map((c) => DIGITS.indexOf(c));
  // No order of this scheme; what is longer is above.
  if (!/^[a-z]/.test(top) || whole.length !== size || whole.includes(-1)) return top + "V";
  let at = size - 1;
  while (at >= 0 && whole[at] === 61) whole[at--] = 0;
  if (at >= 0) whole[at] += 1;
  else if (top[0] === "z") return top + "V";
  const head = at >= 0 ? top[0] : String.fromCharCode(top.charCodeAt(0) + 1) + "0";
  return head + whole.map((n) => DIGITS[n]).join("") + fraction;
}

/** An element's text: what it was born with, and what peers have done to it, as pairs of a peer and a value [D20 to D23]. */
export function readText(base, cells) {
  const letters = new Map(); // its name: what it is, what it hangs on, and whether behind that
  const name = (peer, number) => `${peer} ${number}`;
  [...base].forEach((char, n) =>
    letters.set(name("", n), { peer: "", n, char, on: n ? name("", n - 1) : null, behind: true }));
  const cut = new Set();
  for (const [me, value] of cells) {
    const peers = (value.peers ?? []).map((peer) => (peer === "base" ? "" : peer));
    let n = value.first ?? 0;
    for (const [place, ...pieces] of value.runs ?? []) {
      const [, who, sign, number] = /^(\d*)([<>])(\d+)$/.exec(place) ?? [];
      let on = sign ? name(who === "" ? me : peers[Number(who)], number) : null;
      let behind = sign !== "<";
      for (const piece of pieces) {
        for (const char of typeof piece === "string" ? piece : Array(piece).fill(null)) {
          const held = letters.get(name(me, n)) ?? { peer: me, n, char, on, behind };
          held.char = held.char && char;
          letters.set(name(me, n), held);
          [on, behind, n] = [name(me, n), true, n + 1];
        }
      }
    }
    for (const [index, first, count] of value.cut ?? []) {
      for (let k = first; k < first + count; k++) cut.add(name(peers[index], k));
    }
  }
  const names = [...letters.keys()].sort((a, b) => {
    const [x, y] = [letters.get(a), letters.get(b)];
    return x.peer < y.peer ? -1 : x.peer > y.peer ? 1 : x.n - y.n;
  });
  const hung = new Map();
  const at = (on, behind) => hung.get(`${on}${behind}`) ?? [];
  const nowhere = [];
  for (const one of names) {
    const { on, behind } = letters.get(one);
    if (on === null || letters.has(on)) hung.set(`${on}${behind}`, [...at(on, behind), one]);
    else nowhere.push(one);
  }
  const seen = new Set();
  let text = "";
  for (const root of [...at(null, true), ...nowhere, ...names]) {
    const todo = [[root, false]];
    while (todo.length) {
      const [one, open] = todo.pop();
      if (open) text += cut.has(one) ? "" : letters.get(one).char ?? "";
      else if (!seen.has(one)) {
        seen.add(one);
        for (const child of at(one, true).toReversed()) todo.push([child, false]);
        todo.push([one, true]);
        for (const child of at(one, false).toReversed()) todo.push([child, false]);
      }
    }
  }
  return text;
}

/** What a cell says of a text, as `readText` takes it; null if it is of another shape [D23]. */
function readable(value) {
  const number = (n) => Number.isSafeInteger(n) && n >= 0;
  const text = (one) => typeof one === "string";
  const { peers = [], first = 0, runs = [], cut = [] } = value ?? {};
  const run = (one) => Array.isArray(one) && text(one[0]) && one.every((piece) => text(piece) || number(piece));
  const three = (one) => Array.isArray(one) && one.length === 3 && one.every(number);
  const fits = [peers, runs, cut].every(Array.isArray) && peers.every(text) && number(first) && runs.every(run) && cut.every(three);
  if (value === null || typeof value !== "object" || !fits) return null;
  // A run that can't be counted isn't read, nor are those after it.
  const uncounted = runs.findIndex((one) => one.some((piece) => piece > MOST));
  const told = (uncounted < 0 ? runs : runs.slice(0, uncounted)).map(([place, ...pieces]) => {
    const who = /^([0-9]{0,9})[<>][0-9]{1,15}$/.exec(place)?.[1];
    const there = place === "" || (who !== undefined && (who === "" || Number(who) < peers.length));
    return [there ? place : `>${2 ** 53}`, ...pieces]; // What can't be read is a letter that isn't here.
  });
  return { peers, first, runs: told, cut: cut.filter(([index, , count]) => index < peers.length && count <= MOST) };
}

/** A board. `onchange` is called after everything that comes, `onend` with a text when the relay doesn't want this client back,
 *  which `ended` is from then on, and `onrefused` with a text when it doesn't take something, which isn't shown any more. */
export class Board {
  onchange = () => {};
  onend = () => {};
  onrefused = () => {};
  ended = null;
  caughtUp = false;
  connections = 0;
  slots = new Map(); // one's own wet slots: their chunks
  others = new Map(); // those of others: conn: Map of their slots
  #cells = new Map(); // "element property": the winning cell [M1]
  #theirs = new Map(); // the same of what the relay has sent
  #mine = new Map(); // what this run has written
  #writes = []; // {id, cells, ends} that haven't come back, in the order in which they go out
  #sent = new Set(); // the numbers of writes that were sent on this connection
  #waits = null; // the one whose answer is waited for
  #clock = [0, 0];
  #offset = 0;
  #cursor = null;
  #conn = null; // one's own number
  #socket = null; // after the welcome only
  #lastId = 0;
  #bound = 250;
  #ready = false; // whether writes may go out
  #heals = false; // whether they are offered anew
  #since = null; // when this connection was caught up
  #moves = 0; // relays in a row that sent this client on
  #moved = false;
  #left = false;

  constructor(link, name, color = "#2f6fde") {
    Object.assign(this, placeOf(link));
    this.about = { name, color };
    this.peer = rnd();
    this.#connect();
  }

  // Cells and stamps

  #stamp() { // [S3], [S4]
    const now = Date.now() + this.#offset;
    const [ms, counter] = this.#clock;
    const full = counter === 2 ** 32 - 1; // [S2]
    this.#clock = now > ms ? [now, 0] : full ? [ms + 1, 0] : [ms, counter + 1];
    return [...this.#clock, this.peer];
  }

  /** Takes a cell in; the greater stamp wins [M2]. */
  #merge(cell, into = this.#cells) {
    if (later(cell.stamp.slice(0, 2), this.#clock) > 0) this.#clock = cell.stamp.slice(0, 2);
    const key = keyOf(cell);
    const held = into.get(key);
    // The text that was sent isn't kept; of equal stamps with different values, which nobody writes, this comes near.
    const wins = !held || (later(cell.stamp, held.stamp) || compare(JSON.stringify(cell.value), JSON.stringify(held.value))) > 0;
    if (wins) into.set(key, cell);
  }

  /** Writes [[element, property, value], …], all of it or nothing [R1], and ends these wet slots with it [V6]. */
  write(values, ends = []) {
    const cells = values.map(([element, prop, value]) => ({ element, prop, stamp: this.#stamp(), value }));
    for (const cell of cells) {
      this.#merge(cell);
      this.#mine.set(keyOf(cell), cell);
    }
    ends.forEach((slot) => this.slots.delete(slot));
    this.#writes.push({ id: ++this.#lastId, cells, ends });
    this.#offer();
    this.onchange();
  }

  /** Whether all that was written has come back [R3]. */
  get settled() {
    return this.#writes.length === 0;
  }

  /** What the board is called [D8]. */
  get title() {
    return this.#cells.get("board title")?.value ?? "";
  }

  /** Whether an element's `base` is here, deleted or not [V6]. */
  has(element) {
    return this.#cells.has(`${element} base`);
  }

  /** What is to be seen, from bottom to top. */
  elements() {
    const found = new Map();
    for (const { element, prop, value } of this.#cells.values()) {
      if (!found.has(element)) found.set(element, new Map());
      found.get(element).set(prop, value);
    }
    const shown = [];
    for (const [id, props] of found) {
      const base = props.get("base");
      if (!KINDS.has(base?.kind)) continue; // [D2]
      const ink = base.kind === "stroke" || base.kind === "highlight";
      const later = [...props].filter(([prop, value]) =>
        value !== null && !BASE_ONLY.has(prop) && !prop.includes("/") && !(ink && prop === "points"));
      const whole = { ...base, ...Object.fromEntries(later), id }; // [D1], [D4]
      const typed = [...props].filter(([prop]) => prop.startsWith("text/"));
      if (typed.length) { // [D20]
        const letters = typed.map(([prop, value]) => [prop.split("/")[1], readable(value)]);
        whole.text = readText(typeof base.text === "string" ? base.text : "", letters.filter(([, value]) => value));
      }
      if (whole.deleted !== true) shown.push(whole); // [D3]
    }
    return shown.sort((a, b) => compare(String(a.order ?? ""), String(b.order ?? "")) || compare(a.id, b.id));
  }

  /** An order above everything that is on the board. */
  orderAbove() {
    const orders = this.elements().map((element) => String(element.order ?? ""));
    return orderAbove(orders.reduce((top, order) => (compare(order, top) > 0 ? order : top), ""));
  }

  // Wet ink

  /** Changes one of one's own slots, "put", "add" or "clear", and tells it if there is a connection [V1]. */
  live(slot, operation, chunks) {
    if (operation === "clear") this.slots.delete(slot);
    else this.slots.set(slot, [...(operation === "add" ? this.slots.get(slot) ?? [] : []), ...chunks]);
    if (this.#socket) this.#send({ live: { [slot]: operation === "clear" ? "clear" : { [operation]: chunks } } });
  }

  // The connection

  /** Leaves for good. */
  leave() {
    this.#left = true;
    this.socket?.close(1000);
  }

  #send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** It is over, and why. */
  #ends(why) {
    this.#left = true;
    this.socket?.close(1000);
    this.ended = why;
    this.onend(why);
    this.onchange();
  }

  /** For how many milliseconds this connection has been on the board. */
  #onBoard() {
    return this.#since === null ? 0 : Date.now() - this.#since;
  }

  #connect() {
    const socket = (this.socket = new WebSocket(`${this.scheme}://${this.host}/boards/${this.board}`));
    let [retry, stopping, silence] = [null, 0, null];
    // [X3] No script can send a ping: an unknown message is refused, which is an answer as good.
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        this.#send({ ping: {} });
        silence = setTimeout(() => ended({ code: 1006 }), 5000);
      }, 10_000);
    };
    const ended = ({ code }) => {
      clearTimeout(silence);
      if (this.socket !== socket || this.#left) return;
      socket.onmessage = socket.onclose = null;
      socket.close();
      [this.#socket, this.caughtUp, this.#ready, this.others] = [null, false, false, new Map()];
      const onBoard = this.#onBoard();
      this.#since = null;
      if (this.#moved) { // [E5] There at once.
        [this.#moved, this.#bound] = [false, 250];
        this.#connect();
        this.onchange();
        return;
      }
      // [X1], [W4], [F2]
      const after = retry?.retry?.after;
      const never = [1000, 1003, 1009].includes(code) || ([1008, 1013].includes(code) && retry && after === undefined);
      if (never || (code === 1008 && !retry)) {
        this.#ends(retry?.message ?? `The relay has ended the connection with ${code}.`);
        return;
      }
      if (onBoard >= 5000) this.#bound = 250; // [E4]
      const wait = Math.max(after ?? 0, Math.min(stopping, 60_000)); // [X5]
      setTimeout(() => this.#left || this.#connect(), wait + Math.random() * this.#bound);
      this.#bound = Math.min(this.#bound * 2, 15_000);
      this.onchange();
    };
    socket.onopen = () => {
      heard();
      const hello = { versions: [1], peer: this.peer, key: this.key, about: this.about };
      this.#send({ hello: this.#cursor ? { ...hello, cursor: this.#cursor } : hello });
    };
    socket.onclose = ended;
    socket.onerror = () => {}; // `onclose` comes as well.
    socket.onmessage = ({ data }) => {
      heard();
      const [[name, body]] = Object.entries(JSON.parse(data));
      if (name === "stopping") stopping = body.after;
      else if (name === "refused" && body.id === undefined) {
        // What ends the connection, if it ends now.
        if (body.slot === undefined && body.code !== "unknown_message") retry = body;
      } else this.#on(socket, name, body);
      this.onchange();
    };
  }

  #on(socket, name, body) {
    if (name === "welcome") {
      this.#offset = body.time - Date.now();
      [this.#conn, this.limits] = [body.conn, body.limits];
      this.others = new Map(body.here.map((one) => [one.conn, new Map(Object.entries(one.slots ?? {}))])); // [V4]
      if (this.#cursor && !body.resumed) this.#forgetCursor();
      [this.#socket, this.#sent, this.#waits] = [socket, new Set(), null];
      this.connections += 1;
      const again = [...this.slots].map(([slot, chunks]) => [slot, { put: chunks }]);
      if (again.length) this.#send({ live: Object.fromEntries(again) }); // [V3]
    } else if (name === "cells") {
      for (const cell of body.cells) {
        this.#merge(cell, this.#theirs);
        this.#merge(cell);
        this.#settle(cell); // [R3]
      }
      this.#cursor = body.cursor; // [C2]
    } else if (name === "caught_up") {
      [this.#cursor, this.caughtUp, this.#since] = [body.cursor, true, Date.now()];
      const open = () => {
        if (this.#socket !== socket) return;
        [this.#ready, this.#heals] = [true, false];
        this.#offer(); // [R4]
      };
      if (this.#heals) setTimeout(open, Math.random() * 2000); // [E3]
      else open();
    } else if (name === "ack") {
      if (this.#waits === body.id) this.#waits = null;
      this.#offer();
    } else if (name === "refused") this.#refused(body);
    else if (name === "joined") this.others.set(body.conn, new Map());
    else if (name === "left") this.others.delete(body.conn);
    else if (name === "live") for (const one of body) if (one.conn !== this.#conn) this.#hear(one); // [V5]
    else if (name === "moved") { // [E5], [E6]
      const to = new URL(body.to);
      const scheme = to.protocol === "https:" ? "wss" : "ws";
      const host = `${to.hostname}:${to.port || (scheme === "wss" ? 443 : 80)}`;
      if ((this.scheme === "wss" && scheme === "ws") || (scheme === this.scheme && host === this.host)) {
        this.#ends(`The board is said to have moved to ${body.to}, where this client doesn't go.`);
        return;
      }
      this.#moves = this.#onBoard() < 5000 ? this.#moves + 1 : 0;
      if (this.#moves > 4) {
        this.#ends("Relays send this client on from one to the next.");
        return;
      }
      Object.assign(this, { scheme, host });
      this.#moved = true;
      this.#forgetCursor();
    }
    // Other messages are those of later versions, or don't matter here [W2].
  }

  #hear({ conn, slots }) {
    if (!this.others.has(conn)) this.others.set(conn, new Map());
    const held = this.others.get(conn);
    for (const [slot, operation] of Object.entries(slots)) {
      if (operation === "clear") held.delete(slot);
      else if (operation.put) held.set(slot, operation.put);
      else if (operation.add) held.set(slot, [...(held.get(slot) ?? []), ...operation.add]);
    }
  }

  /** Of this cell, what was written up to its stamp is on the relay, or never will be. */
  #settle(cell) {
    this.#keep((one) => keyOf(one) !== keyOf(cell) || later(one.stamp, cell.stamp) > 0);
  }

  #keep(which) {
    for (const write of this.#writes) write.cells = write.cells.filter(which);
    this.#writes = this.#writes.filter((write) => write.cells.length > 0);
  }

  /** Takes back a cell that the relay doesn't take: what it would have won over is shown again. */
  #drop(cell) {
    const key = keyOf(cell);
    this.#keep((one) => one !== cell);
    const own = this.#writes.flatMap((write) => write.cells).filter((one) => keyOf(one) === key);
    [this.#mine, this.#cells].forEach((held) => held.delete(key));
    for (const one of own) {
      this.#mine.set(key, one);
      this.#merge(one);
    }
    if (this.#theirs.has(key)) this.#merge(this.#theirs.get(key));
  }

  /** The relay lost its disk, or is another one: what this run wrote is offered again [E3]. What others wrote is left to
   *  them, and to apps, which have it on disk as it was sent. */
  #forgetCursor() {
    [this.#cursor, this.#heals] = [null, true];
    const waiting = new Set(this.#writes.flatMap((write) => write.cells));
    for (const cell of this.#mine.values()) {
      if (!waiting.has(cell)) this.#writes.push({ id: ++this.#lastId, cells: [cell], ends: [] });
    }
  }

  /** Sends the next write that isn't on the relay. One at a time is slow, but always within the window [R5]. */
  #offer() {
    if (!this.#socket || !this.#ready || this.#waits !== null) return;
    const next = this.#writes.find((write) => !this.#sent.has(write.id));
    if (!next) return;
    this.#sent.add(next.id);
    this.#waits = next.id;
    this.#send({ write: next });
  }

  #refused(body) {
    const write = this.#writes.find((one) => one.id === body.id);
    this.#waits = null;
    const again = () => {
      this.#sent.delete(body.id);
      this.#offer();
    };
    if (write && body.retry?.after !== undefined) setTimeout(again, body.retry.after);
    else if (write) { // [F1] A program this short says so and goes on without it.
      const { element, prop } = body.cell ?? {};
      const out = write.cells.filter((cell) => !body.cell || (cell.element === element && cell.prop === prop));
      for (const cell of out) this.#drop(cell);
      this.onrefused(`The relay refuses ${out.length} cells: ${body.message}`);
      again();
    }
    this.#offer();
  }
}
