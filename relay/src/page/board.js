"use strict";
// Shows the board's name and how to open it. The key stands behind the #, which browsers send nowhere; this script sends
// it to the relay that this page came from, as the app does, and to nobody else. What comes from outside is only ever
// shown as text.

const part = (id) => document.getElementById(id);
const INVITED = part("name").textContent;
// Longer names are cut.
const NAME = 120;
// How long the relay may take, in milliseconds.
const PATIENCE = 10000;

// What a refusal means to somebody who followed a link, where the relay's own words don't say what to do. Its codes are those of the protocol.
const WORDS = {
  bad_key: "This link doesn’t open a board here. It may be cut short, or no longer hold. Ask whoever sent it for a new one.",
  board_gone: "This board was deleted. Nothing can be drawn on it any more.",
};
// Refusals on which the app gets no further either.
const FINAL = ["bad_key", "board_gone", "bad_board", "link_ended"];

function show(say, link) {
  part("say").textContent = say;
  part("say").className = "";
  part("go").hidden = part("by-hand").hidden = !link;
}

function wrong(say, final) {
  part("say").textContent = say;
  part("say").className = "wrong";
  if (final) part("go").hidden = part("by-hand").hidden = true;
}

function called(name) {
  part("name").textContent = name;
  document.title = `${name} – Drawbridge`;
}

// The board's name, "" if it has none; throws what is wrong.
async function nameOf(board, key) {
  const answer = await fetch(`/boards/${board}/title`, {
    headers: { authorization: `Bearer ${key}` },
    cache: "no-store", credentials: "omit", redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 204) return "";
  const said = await answer.json();
  if (!answer.ok) throw said.refused;
  // Whoever draws on the board may have written anything there.
  if (typeof said !== "string") return "";
  const letters = Array.from(said.trim());
  return letters.length > NAME ? `${letters.slice(0, NAME).join("")}…` : letters.join("");
}

async function start() {
  const key = location.hash.slice(1);
  const board = location.pathname.replace(/^\/boards\//, "").replace(/\/$/, "");
  called(INVITED);
  if (!/^[\w-]{1,64}$/.test(board)) {
    show("This is no board’s address. Ask whoever sent it for the whole link.", false);
    return;
  }
  if (!/^[\w-]{16,128}$/.test(key)) {
    show("To draw on this board you need its whole link, with everything behind the #. Ask whoever sent it to copy it again.", false);
    return;
  }
  const tls = location.protocol === "https:";
  const host = location.port ? location.host : `${location.hostname}:${tls ? 443 : 80}`;
  part("open").href = `drawbridge://${host}/${board}${tls ? "?tls" : ""}#${key}`;
  part("link").textContent = `${location.origin}/boards/${board}#${key}`;
  show("Open it in Drawbridge to draw together.", true);
  try {
    const name = await nameOf(board, key);
    if (name && key === location.hash.slice(1)) called(name);
  } catch (refused) {
    const code = refused && refused.code;
    if (code) wrong(WORDS[code] || refused.message, FINAL.includes(code));
    else wrong("The board’s name can’t be shown just now, since the relay doesn’t answer. You can try to open it all the same.", false);
  }
}

part("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(part("link").textContent);
    part("copy").textContent = "Copied";
  } catch {
    // Without TLS, browsers keep the clipboard to themselves.
    getSelection().selectAllChildren(part("link"));
    part("copy").textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C";
  }
});
addEventListener("hashchange", start);
start();
