// Live updates: /live/ says what changed (ids only); elements listen for live, live:duty or
// live:duty.verified on the body and read the news by their own address and rights. What costs
// much to read listens for seldom, seldom:duty, seldom:duty.verified.
const LOST_AFTER = 5000;
const PACES = { live: 300, seldom: 2000 }; // ms from one event of a name to the next

let watched = false; // this page keeps watch

function live() {
  const url = document.body.dataset.live;
  if (!url) return;
  const mark = document.getElementById("connection");
  let source, timer, last, wait = 1000, away = true;

  function lost() {
    timer ??= setTimeout(() => { mark.hidden = false; }, LOST_AFTER);
  }
  function found() {
    clearTimeout(timer);
    timer = undefined;
    mark.hidden = true;
    wait = 1000;
  }
  function connect() {
    const address = new URL(url, location.href);
    if (last) address.searchParams.set("since", last);
    source = new EventSource(address);
    source.onopen = found;
    source.onerror = () => {
      lost();
      // The browser itself tries again unless the server answered with an error.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => { if (!away) back(); }, wait);
      wait = Math.min(wait * 2, 30000);
    };
    source.addEventListener("change", (event) => {
      last = event.lastEventId || last;
      tell(JSON.parse(event.data));
    });
    source.addEventListener("reload", renew);
  }
  function back() {
    away = false;
    if (!source || source.readyState === EventSource.CLOSED) connect();
  }
  function leave() {
    away = true;
    source?.close();
    clearTimeout(timer);
    timer = undefined;
  }
  // A browser holds six connections to a server without TLS, and each page that listens has one:
  // the seventh page would wait for ever. Who is not looked at leaves, and hears later what it has
  // missed; not who keeps watch (``anlan:watch`` {on}).
  function look() {
    if (document.hidden && !watched) leave();
    else back();
  }
  look();
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", look);
  document.body.addEventListener("anlan:watch", ({ detail }) => {
    watched = detail.on;
    look();
  });
}

function tell({ kind }) {
  for (const [family, pace] of Object.entries(PACES)) {
    const names = [family, `${family}:${kind.split(".")[0]}`, `${family}:${kind}`];
    new Set(names).forEach((name) => say(name, pace));
  }
}

// At once; what comes within the pace after it is told together when the pace is over. Nothing is
// left untold: a page that dropped the last change would show the state before it until the next.
const waiting = new Map();

function say(name, pace) {
  if (waiting.has(name)) return waiting.set(name, true);
  document.body.dispatchEvent(new CustomEvent(name));
  waiting.set(name, false);
  setTimeout(() => {
    const more = waiting.get(name);
    waiting.delete(name);
    if (more) say(name, pace);
  }, pace);
}

// Too much was missed, or the session ended: the page is read anew, unless somebody is writing. One
// that keeps watch reads its parts anew by itself: a page that came back would not be let sound.
function renew() {
  if (watched) return document.body.dispatchEvent(new CustomEvent("anlan:renew"));
  if (!document.querySelector("form[data-dirty], dialog[open]")) return location.reload();
  const mark = document.getElementById("connection");
  mark.textContent = "页面内容已过时，请保存后刷新。";
  mark.hidden = false;
}

live();
