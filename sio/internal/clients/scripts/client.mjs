// One face for the real clients of both generations, for the scripts beside it.
//
// Everything that arrives goes into an inbox by its event's name, so that a
// script can ask for it before or after it came: nothing is lost between two
// lines, and nothing is waited for by time.
import { createRequire } from "node:module";
import { io as modern } from "socket.io-client";

const require = createRequire(import.meta.url);
const legacy = require("socket.io-client-legacy");

// The versions of 1.x and 2.x, and of 3.x and later, which are kinds by
// themselves.
export const isClassic = (kind) => /^[12]\./.test(kind);
export const isModern = (kind) => /^([34]\.|modern|msgpack)/.test(kind);

const patience = 60000; // ms until a wait is a failure

class Inbox {
  constructor(owner) {
    this.owner = owner;
    this.items = new Map(); // event -> arrays of arguments, oldest first
    this.waiters = [];
    this.total = 0;
  }

  put(event, args) {
    this.total++;
    const at = this.waiters.findIndex((w) => w.event === event && w.fits(...args));
    if (at >= 0) return this.waiters.splice(at, 1)[0].resolve(args);
    if (!this.items.has(event)) this.items.set(event, []);
    this.items.get(event).push(args);
  }

  // The first occurrence of event that fits, taken out; as its arguments.
  next(event, fits = () => true) {
    const kept = this.items.get(event) ?? [];
    const at = kept.findIndex((args) => fits(...args));
    if (at >= 0) return Promise.resolve(kept.splice(at, 1)[0]);
    return within(`${this.owner}: event "${event}"`, (resolve) => this.waiters.push({ event, fits, resolve }));
  }

  take(event) {
    const kept = this.items.get(event) ?? [];
    this.items.delete(event);
    return kept;
  }
}

// A promise by its executor that fails, saying for what it waited.
export function within(what, executor) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited ${patience} ms in vain for ${what}`)), patience);
    const done = (f) => (value) => {
      clearTimeout(timer);
      f(value);
    };
    executor(done(resolve), done(reject));
  });
}

// client opens a connection of its own. kind is "modern" (4.8.4), "legacy"
// (0.9.17) or a version between, "+msgpack" behind it for those that take
// another parser; "msgpack" is 4.8.4 with it. transports is a comma list in the
// client's own words. Events of the client itself are in the inbox as
// "connect", "disconnect", "error" and so on.
export function client(kind, url, transports, options = {}) {
  const [version, packed] = kind === "msgpack" ? ["modern", true] : kind.split("+");
  if (packed) options = { parser: require(`socket.io-msgpack-parser${isClassic(version) ? "-2" : ""}`), ...options };
  if (isClassic(version)) return classicClient(version, url, transports, options);
  return isModern(version) ? modernClient(version, url, transports, options) : legacyClient(url, transports, options);
}

// websocket is the object of the package ws below a client of 1.x to 4.x.
const websocketOf = (manager) => manager.engine.transport.ws ?? manager.engine.transport.socket;

function modernClient(version, url, transports, options) {
  const io = version === "modern" ? modern : require(`socket.io-client-${version}`).io;
  const socket = io(url, {
    forceNew: true,
    transports: transports.split(","),
    reconnectionDelay: 50,
    reconnectionDelayMax: 250,
    ...options,
  });
  const inbox = new Inbox(`${version} over ${transports}`);
  socket.onAny((event, ...args) => inbox.put(event, args));
  for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, (...args) => inbox.put(event, args));
  // The upgrade may be over before the namespace is connected.
  socket.io.on("open", () => socket.io.engine.once("upgrade", (t) => inbox.put("upgrade", [t.name])));
  return {
    ...common(inbox),
    kind: version,
    socket,
    emit: (...args) => socket.emit(...args),
    send: (...args) => socket.send(...args),
    transport: () => socket.io.engine.transport.name,
    websocket: () => websocketOf(socket.io),
    open: () => socket.connect(),
    close: () => socket.disconnect(),
    // Another namespace over the same connection.
    of: (name, auth) => {
      const other = socket.io.socket(name, { auth });
      const box = new Inbox(`${version}${name}`);
      other.onAny((event, ...args) => box.put(event, args));
      for (const event of ["connect", "disconnect", "connect_error"]) other.on(event, (...args) => box.put(event, args));
      return { ...common(box), socket: other, emit: (...args) => other.emit(...args), send: (...args) => other.send(...args), close: () => other.disconnect() };
    },
  };
}

function classicClient(version, url, transports, options) {
  const io = require(`socket.io-client-${version}`);
  const base = io(url, {
    forceNew: true,
    transports: transports.split(","),
    reconnectionDelay: 50,
    reconnectionDelayMax: 250,
    ...options,
  });
  const face = (socket, name) => {
    const inbox = new Inbox(`${version}${name} over ${transports}`);
    const { onevent } = socket;
    socket.onevent = function (packet) {
      inbox.put(packet.data[0], packet.data.slice(1));
      onevent.call(this, packet);
    };
    for (const event of ["connect", "disconnect", "connect_error", "error"]) socket.on(event, (...args) => inbox.put(event, args));
    return {
      ...common(inbox),
      kind: version,
      socket,
      emit: (...args) => socket.emit(...args),
      send: (...args) => socket.send(...args),
      close: () => socket.disconnect(),
    };
  };
  const me = face(base, "");
  base.io.on("open", () => base.io.engine.once("upgrade", (t) => me.inbox.put("upgrade", [t.name])));
  return {
    ...me,
    transport: () => base.io.engine.transport.name,
    websocket: () => websocketOf(base.io),
    open: () => base.connect(),
    // What a later client gives as auth goes into the namespace's query, which
    // 1.0 does not have.
    of: (name, auth) => {
      const query = new URLSearchParams(auth).toString();
      return face(base.io.socket(name, { query: query || undefined }), name);
    },
  };
}

function legacyClient(url, transports, options) {
  // The client merges its options into this list item by item and keeps it, so
  // every connection gets a fresh one.
  legacy.transports = transports.split(",");
  const base = legacy.connect(url, {
    "force new connection": true,
    "reconnection delay": 50,
    "reconnection limit": 200,
    "max reconnection attempts": Infinity,
    ...options,
  });
  const face = (namespace, name) => {
    const inbox = new Inbox(`0.9${name} over ${transports}`);
    const emit = namespace.$emit;
    namespace.$emit = function (event, ...args) {
      inbox.put(event, args);
      // An "error" nobody listens to would be thrown.
      return event === "error" && !namespace.listeners("error").length ? false : emit.call(this, event, ...args);
    };
    return {
      ...common(inbox),
      kind: "legacy",
      socket: namespace,
      emit: (...args) => namespace.emit(...args),
      send: (...args) => namespace.send(...args),
      close: () => namespace.disconnect(),
    };
  };
  return {
    ...face(base, ""),
    transport: () => base.socket.transport.name,
    // Until no POST is on its way. A 0.9 client that disconnects while one is
    // puts its "0::" behind it and never sends it.
    idle: async () => {
      while (base.socket.doBuffer) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    open: () => base.socket.reconnect(),
    of: (name) => face(base.socket.of(name), name),
  };
}

function common(inbox) {
  return {
    inbox,
    next: (event, fits) => inbox.next(event, fits),
    // Emits with an acknowledgement; resolves to its arguments.
    ask(event, ...args) {
      return within(`the acknowledgement of "${event}"`, (resolve) => this.emit(event, ...args, (...answer) => resolve(answer)));
    },
  };
}
