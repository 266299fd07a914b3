// The duty officer's queue rings while something waits for him, until he answers. Asked for on this
// computer by a press; a browser lets no page sound before it was touched. While it rings the page is
// read anew each minute: waiting times go on, and the session of a quiet night does not end by
// itself before its longest time. When it does end, the page stays, says so and rings.
const KEPT = "anlan:ring";
// Seconds from ring to ring, and tones in Hz, one after the other.
const RINGS = [[60, [660]], [15, [660]], [5, [660, 880]], [2, [880, 660, 880, 660]]]; // blue to red
const CUT = [30, [330, 262]]; // connection or session is gone: nothing could ring
const TRIED = [660, 880];
const RENEW = 60; // seconds
const TONE = 0.18; // seconds
const TITLE = document.title;

const knob = document.querySelector("[data-ring-switch]");
let sound, rung = 0, over = false;

const asked = () => localStorage.getItem(KEPT) === "on";
const able = () => sound?.state === "running";

function play(tones) {
  tones.forEach((hertz, index) => {
    const from = sound.currentTime + index * TONE;
    const tone = new OscillatorNode(sound, { frequency: hertz });
    const volume = new GainNode(sound, { gain: 0 });
    tone.connect(volume).connect(sound.destination);
    volume.gain.setValueAtTime(0.5, from);
    volume.gain.exponentialRampToValueAtTime(0.01, from + TONE); // no click at the end
    tone.start(from);
    tone.stop(from + TONE);
  });
}

/** How there is to be rung now, or nothing. */
function cause() {
  if (over) return CUT;
  const waiting = document.querySelector("[data-ring-level]");
  if (waiting) return RINGS[waiting.dataset.ringLevel];
  return document.getElementById("connection").hidden ? undefined : CUT;
}

function look() {
  const found = cause();
  if (!found) rung = 0;
  else if (able() && Date.now() - rung >= found[0] * 1000) {
    rung = Date.now();
    play(found[1]);
  }
}

function say() {
  const count = document.querySelector("[data-ring-count]")?.dataset.ringCount;
  const news = over ? "已退出登录" : asked() && !able() ? "响铃没有声音" : count && `${count} 条待应答`;
  document.title = news ? `（${news}）${TITLE}` : TITLE;
  knob.setAttribute("aria-pressed", asked());
  const state = asked() ? (able() ? "开" : "点此恢复") : "关";
  knob.querySelector("span").textContent = `响铃：${state}`;
}

async function ready() {
  sound ??= new AudioContext();
  sound.onstatechange = say;
  document.body.dispatchEvent(new CustomEvent("anlan:watch", { detail: { on: true } }));
  await Promise.race([sound.resume(), new Promise((done) => setTimeout(done, 300))]);
  look();
  say();
}

function renew() {
  if (able() && !over) document.body.dispatchEvent(new CustomEvent("anlan:renew"));
}

// The server would send the page to the login, where nothing rings.
function ended(event) {
  if (!able() || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
  event.preventDefault();
  over = true;
  const text = "登录已到期，或已在别处退出：本页不再收到报警。请重新登录，再打开响铃。";
  document.body.dispatchEvent(new CustomEvent("anlan:alert", { detail: { text } }));
  look();
  say();
}

async function press() {
  if (asked() && able()) {
    localStorage.removeItem(KEPT);
    await sound.suspend();
    document.body.dispatchEvent(new CustomEvent("anlan:watch", { detail: { on: false } }));
    return say();
  }
  localStorage.setItem(KEPT, "on");
  await ready();
  if (able() && !cause()) play(TRIED); // so that he hears that he would hear it
}

if (knob) {
  knob.hidden = false;
  knob.addEventListener("click", press);
  document.addEventListener("pointerdown", ({ target }) => {
    if (asked() && !able() && !knob.contains(target)) ready();
  });
  document.body.addEventListener("htmx:afterSettle", () => { look(); say(); });
  document.body.addEventListener("htmx:beforeOnLoad", ended);
  setInterval(look, 1000);
  setInterval(renew, RENEW * 1000);
  if (asked()) ready();
  say();
}
