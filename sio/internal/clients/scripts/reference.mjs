#!/usr/bin/env node
// The reference server, for the test that compares answers: socket.io itself
// with the options of one profile. It prints its address.
//
//   node reference.mjs -addr HOST:PORT PROFILE
import { createServer } from "node:http";
import { Server } from "socket.io";

const [, , , addr, profile] = process.argv;
const [host, port] = addr.split(":");

const allowRequest = (req, done) => {
  const who = new URL(req.url, "http://x").searchParams.get("who");
  if (who === "banned") done('no "entry" <here>', false);
  else if (who === "silent") done(null, false);
  else done(null, true);
};

const profiles = {
  plain: {},
  options: {
    allowEIO3: true,
    cors: { origin: ["https://good.example", /\.fine\.example$/], credentials: true, exposedHeaders: ["x-one", "x-two"], maxAge: 600 },
    cookie: true,
    initialPacket: "hello é",
    allowRequest,
  },
  classic: { allowEIO3: true, allowRequest },
  bare: {
    addTrailingSlash: false, allowUpgrades: false, transports: ["polling"], serveClient: false, httpCompression: false,
    cors: { origin: "*" }, maxHttpBufferSize: 100, cookie: { name: "lb", path: "/x", httpOnly: false, secure: true, sameSite: "none", maxAge: 90 },
  },
  strict: {
    httpCompression: { threshold: 100 }, connectTimeout: 1000,
    cors: { origin: "https://good.example", methods: ["GET", "POST"], allowedHeaders: ["x-a", "x-b"], credentials: true, maxAge: 0, optionsSuccessStatus: 200 },
    cookie: { name: "s", domain: "example.com", sameSite: "strict", secure: true, partitioned: true },
  },
  continuing: { allowEIO3: true, cors: { origin: true, preflightContinue: true } },
  refusing: { cors: { origin: (origin, done) => done(origin === "https://evil.example" ? new Error("no") : null, origin === "https://good.example") } },
};

const http = createServer((_, res) => { res.statusCode = 404; res.end(); });
const io = new Server(http, profiles[profile]);
if (profile === "options") {
  io.engine.use((req, res, next) => {
    const who = new URL(req.url, "http://x").searchParams.get("who");
    if (who === "broken") return next(new Error("broken"));
    res.setHeader("X-Frame-Options", "DENY");
    next();
  });
  io.engine.on("initial_headers", (headers) => { headers["x-first"] = "1"; });
  io.engine.on("headers", (headers, req) => { headers["x-all"] = req.method; });
}
if (profile === "strict") {
  io.engine.generateId = async (req) => {
    const id = new URL(req.url, "http://x").searchParams.get("id");
    if (id === "throws") throw new Error("no id");
    return id ?? `id${String(Math.random()).slice(2).padEnd(18, "0").slice(0, 18)}`;
  };
}
io.on("connection", (socket) => socket.on("big", (n) => socket.emit("big", "x".repeat(n))));
http.listen(Number(port), host, () => console.log(`http://127.0.0.1:${http.address().port}`));
process.on("SIGTERM", () => process.exit(0));
