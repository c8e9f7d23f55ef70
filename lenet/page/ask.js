// Asking the server about a state that goes on changing: one call at a time as long as answers come
// fast; where the network is slow, a further call every PACE milliseconds, up to MOST. Answers are
// shown in order, and whatever happens, the last state is asked for in the end.

const PACE = 28, MOST = 5, PATIENCE = 10000, RETRY = 1000;
const NO_ANSWER = "The server does not answer; your drawing is kept, and it is asked again.";

// `call` asks about the state as it is now and promises an answer, `show` is given each newer one.
// Returns the function that is to be called whenever the state has changed.
function makeAsking(call, show, tell) {
  let wanted = 0, asked = 0, shown = 0, inFlight = 0, lastAsked = 0, timer = null, pausedUntil = 0;

  function ask() {
    if (asked === wanted || !menu.value || inFlight >= MOST) return;
    const now = performance.now();
    const wait = Math.max(pausedUntil - now, inFlight ? lastAsked + PACE - now : 0);
    if (wait > 0) {
      timer ??= setTimeout(() => { timer = null; ask(); }, wait);
      return;
    }
    asked = wanted;
    lastAsked = now;
    inFlight++;
    receive(asked, call());
  }

  async function receive(sequence, answering) {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    const answer = await Promise.race([answering, late]).catch(() => undefined);
    inFlight--;
    if (!answer) {
      tell(NO_ANSWER);
      pausedUntil = performance.now() + RETRY;
    } else if (sequence > shown) {
      shown = sequence;
      tell(answer.error ?? "");
      if (!answer.error) show(answer);
    }
    // Whatever was lost on the way, the last state is asked for again.
    if (shown < asked && asked === wanted && !inFlight) wanted++;
    ask();
  }

  return () => {
    wanted++;
    ask();
  };
}
