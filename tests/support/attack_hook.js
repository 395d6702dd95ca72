// Runs in every document and frame before any script of the page: tells on the console what ran.
(() => {
  const say = console.info.bind(console);
  const homes = HOMES;
  const attackOf = () => {
    try {
      for (let place = window; place !== window.top; place = place.parent) {
        const name = place.frameElement && place.frameElement.dataset.attack;
        if (name) return name;
      }
    } catch { /* a frame of another origin */ }
    return "";
  };
  const tell = (deed, detail) =>
    say("attack-ran", JSON.stringify([deed, attackOf(), location.href, String(detail).slice(0, 200)]));
  const isAway = (address) => {
    try {
      const url = new URL(address, document.baseURI);
      return /^(https?|wss?):$/.test(url.protocol) && !homes.includes(url.host);
    } catch { return false; }
  };
  for (const name of ["alert", "confirm", "prompt", "print", "canary"]) {
    window[name] = (detail) => { tell(name, detail); };
  }
  const watch = (owner, name, addressOf) => {
    const real = owner && owner[name];
    if (!real) return;
    owner[name] = function (...given) {
      const address = addressOf(given);
      if (isAway(address)) tell(name, address);
      return new.target ? Reflect.construct(real, given) : real.apply(this, given);
    };
    owner[name].prototype = real.prototype;
  };
  const first = (given) => (given[0] && given[0].url) || given[0];
  watch(window, "fetch", first);
  watch(window, "open", first);
  watch(window, "WebSocket", first);
  watch(window, "EventSource", first);
  watch(Navigator.prototype, "sendBeacon", first);
  watch(XMLHttpRequest.prototype, "open", (given) => given[1]);
  if (window.navigation) {
    navigation.addEventListener("navigate", (event) => {
      if (!isAway(event.destination.url)) return;
      tell("navigate", event.destination.url);
      if (event.cancelable) event.preventDefault();
    });
  }
})();
