"""The protocol's corners by python-socketio, which shares no code with the
clients in JavaScript, against the server program beside:

    python3 python.py <url> <transports>

It asks for the server's restart as steps.mjs says.
"""
import asyncio
import os
import sys

import engineio.payload
import socketio
import socketio.exceptions

# How many packets of one poll it takes: 16, which bursts exceed with any
# server. Its documentation says to raise it so.
engineio.payload.Payload.max_decode_packets = 10000

url, transports = sys.argv[1], sys.argv[2].split(",")
patience = 60


class Client:
    """A client with an inbox for each namespace and event."""

    def __init__(self, **options):
        self.sio = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.25, **options)
        self.boxes = {}
        for namespace in ("/", "/plain", "/admin", "/nowhere"):
            for event in ("connect", "disconnect", "connect_error", "echoed", "item", "heard", "message", "gone"):
                self.sio.on(event, self.putter(namespace, event), namespace=namespace)
        self.sio.on("question", lambda question: (question, "answered"))

    def putter(self, namespace, event):
        async def put(*args):
            self.box(event, namespace).put_nowait(list(args))

        return put

    def box(self, event, namespace="/"):
        return self.boxes.setdefault((namespace, event), asyncio.Queue())

    async def next(self, event, namespace="/"):
        return await asyncio.wait_for(self.box(event, namespace).get(), patience)

    async def connect(self, namespaces=("/",), auth=None, patience=patience):
        await self.sio.connect(url, transports=transports, namespaces=list(namespaces), auth=auth, wait_timeout=patience)
        return self

    async def ask(self, event, *args, namespace="/"):
        """Gives the answer's only argument, or a list of several."""
        answer = await self.sio.call(event, args if args else None, namespace=namespace, timeout=patience)
        return list(answer) if isinstance(answer, tuple) else answer


def same(got, want):
    assert got == want, "got %.300r, want %.300r" % (got, want)


async def burst(me):
    for i in range(500):
        await me.sio.emit("count", i)
    same(await me.ask("counted"), [500, True])
    same(await me.ask("burst", 500), 500)
    for i in range(500):
        same(await me.next("item"), [i, "№ %d 🌪" % i])


async def transport(me):
    same(await me.ask("state"), ["4.x", transports[-1]])
    same(me.sio.transport(), transports[-1])


async def arguments(me):
    for args in (
        ["", "é\u2028\u2029\0", "🌪👩‍👩‍👧 日本語"],
        [0, -1, 1.5, 9007199254740991, True, None],
        [{"a": {"b": [1, {"c": "🌪"}], "": None}}, [], {}],
        [b"", b"\0\xff", {"nested": [b"x" * 70000, {"deeper": b"y"}]}],
        [bytes([i]) for i in range(10)],
        ["large", "日本 🌪 " * 20000],
    ):
        same(await me.ask("echo", *args), args)
        same(await me.next("echoed"), args)
    same(await me.ask("raw", {"text": "\ud83c"}), {"text": "\ud83c"})
    await me.sio.send("a message")
    same(await me.next("message"), ["a message"])


async def questions(me):
    for question in ("a", {"deep": ["🌪"]}, b"bytes"):
        same(await me.ask("ask", question), [question, "answered"])


async def rooms(me):
    other = await Client().connect()
    for who in (me, other):
        same(await who.ask("join", "snakes %d" % os.getpid()), True)
    await me.sio.emit("shout", ("snakes %d" % os.getpid(), "hiss"))
    same(await other.next("heard"), ["hiss"])
    await other.sio.disconnect()
    assert me.box("heard").empty()


async def namespaces(me):
    guest = await Client().connect(("/", "/plain", "/admin"), auth={"token": "friend"})
    for namespace in ("/plain", "/admin"):
        same(await guest.ask("echo", "inside", namespace=namespace), "inside")
    await guest.sio.disconnect()


# One who is refused waits as long for a connection as it is told to.
async def refusals(me):
    stranger = Client(reconnection=False)
    try:
        await stranger.connect(("/admin",), auth={"token": "wrong"}, patience=3)
        raise AssertionError("let in")
    except socketio.exceptions.ConnectionError:
        pass
    same(await stranger.next("connect_error", "/admin"), [{"message": "not authorized", "data": {"code": 401}}])
    lost = Client(reconnection=False)
    try:
        await lost.connect(("/nowhere",), patience=3)
        raise AssertionError("let in")
    except socketio.exceptions.ConnectionError:
        pass
    same(await lost.next("connect_error", "/nowhere"), [{"message": "Invalid namespace"}])


async def leaving(me):
    guest = await Client().connect()
    name = "guest %d" % os.getpid()
    same(await me.ask("watch", name), True)
    same(await guest.ask("call me", name), True)
    await guest.sio.disconnect()
    same(await me.next("gone"), [name])


async def limit(me):
    glutton = await Client(reconnection=False).connect()
    await glutton.sio.emit("echo", "x" * 1100000)
    if transports == ["polling"]:  # it gives up over the 413, and tells nobody
        await asyncio.wait_for(glutton.sio.eio.write_loop_task, patience)
        same(glutton.sio.eio.state, "disconnected")
    else:
        await glutton.next("disconnect")
    same(await me.ask("echo", "fine"), "fine")
    await me.next("echoed")


async def kick(me):
    guest = await Client(reconnection=False).connect()
    await guest.sio.emit("kick")
    await guest.next("disconnect")


async def restart(me):
    print("@crash", flush=True)
    await me.next("disconnect")
    await me.next("connect")
    same(await me.ask("echo", "again"), "again")


async def main():
    me = await Client().connect()
    await me.next("connect")
    for step in (burst, transport, arguments, questions, rooms, namespaces, refusals, leaving, limit, kick, restart):
        await asyncio.wait_for(step(me), 2 * patience)
        print("passed", step.__name__, flush=True)
    await me.sio.disconnect()
    print("finished", flush=True)


asyncio.run(main())
