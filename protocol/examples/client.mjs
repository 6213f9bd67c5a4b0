// A client for Node: it joins a board by a link, draws an ellipse and a stroke that others see grow, waits until both are safe
// on the relay, and prints the board as JSON. All that it says to the relay is in board.mjs, which a browser runs as well.
//
//     node client.mjs 'http://HOST:7411/boards/BOARD#KEY'
//
// Node 22 and later have a WebSocket. Node 20 needs `node --experimental-websocket`, or `npm install ws`.

import { parseArgs } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import { Board, integers, rnd, steps } from "./board.mjs";

globalThis.WebSocket ??= (await import("ws")).default;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: "string" }, seconds: { type: "string" }, read: { type: "boolean" } },
});
if (positionals.length !== 1) {
  console.error("usage: node client.mjs LINK [--name NAME] [--seconds N] [--read]");
  process.exit(2);
}
const seconds = Math.max(Number(values.seconds ?? 3) || 3, 2);
const name = values.name ?? "Node";

let board;
try {
  board = new Board(positionals[0], name);
} catch (why) {
  console.error(why.message);
  process.exit(1);
}
board.onend = (why) => {
  console.error(why);
  process.exit(1);
};

board.onrefused = (why) => {
  console.error(why);
  process.exitCode = 1;
};

/** Waits until `what()` holds. */
const until = (what) =>
  new Promise((done) => {
    board.onchange = () => what() && done();
    board.onchange();
  });

async function draw() {
  const [x, y] = [Math.floor(Math.random() * 600), Math.floor(Math.random() * 400)];
  const oval = { kind: "ellipse", place: [200, 0, 0, 120, x, y], color: "green", fill: "pink", text: name };
  board.write([[rnd(), "base", { ...oval, order: board.orderAbove() }]]);

  // A wave; a quarter of a unit is a step.
  const wave = Array.from({ length: 100 }, (_, i) => [4 * (x + 2 * i), Math.round(4 * (y + 160 + 20 * Math.sin(i / 6)))]);
  const numbers = steps(wave);
  const stroke = rnd();
  const ink = { kind: "stroke", order: board.orderAbove(), color: "purple", width: 4, step: 0.25 };
  board.live(stroke, "put", [{ ...ink, points: integers(numbers.slice(0, 2)) }]); // [D6]
  for (let i = 2; i < numbers.length; i += 2) {
    await pause((1000 * seconds) / wave.length); // At most 60 a second [V7].
    board.live(stroke, "add", [{ points: integers(numbers.slice(i, i + 2)) }]);
  }
  board.write([[stroke, "base", { ...ink, points: integers(numbers) }]], [stroke]);
}

await until(() => board.caughtUp);
if (!values.read) {
  await draw();
  await until(() => board.settled);
}
console.error(`${board.connections} connections`);
console.log(JSON.stringify({ title: board.title, elements: board.elements() }, null, 1));
board.leave();
