"""python-socketio on aiohttp as a peer of the load tool, used as its documentation tells.

What it speaks with the tool is told in bench/internal/peer/peer.go.
"""
import asyncio
import gc
import os
import sys
import threading
from importlib.metadata import version

import socketio
from aiohttp import web

if sys.argv[1:] == ["-version"]:
    names = ("python-socketio", "python-engineio", "aiohttp")
    print(", ".join("%s %s" % (n, version(n)) for n in names), "python", sys.version.split()[0])
    sys.exit()

sio = socketio.AsyncServer(async_mode="aiohttp")
rooms = {}


@sio.event
async def echo(sid, x):
    return x


@sio.on("echoBinary")
async def echo_binary(sid, x):
    return x


@sio.event
async def join(sid, room):
    rooms[sid] = room
    sio.enter_room(sid, room)


@sio.event
async def talk(sid, x):
    await sio.emit("talk", x, room=rooms[sid])


@sio.on("all")
async def everyone(sid, x):
    await sio.emit("all", x)


# Presence: comings and goings are told to the room.
@sio.event
async def enter(sid, x):
    sio.enter_room(sid, "inner" + rooms[sid])
    await sio.emit("entered", x, room=rooms[sid])


@sio.event
async def exit(sid, x):
    sio.leave_room(sid, "inner" + rooms[sid])
    await sio.emit("exited", x, room=rooms[sid])


@sio.event
def disconnect(sid):
    rooms.pop(sid, None)


def control():
    """Answers the tool, and ends with it."""
    for line in sys.stdin:
        if line.strip() != "stat":
            gc.collect()
        print(-1, -1, flush=True)
    os._exit(0)


async def main():
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=65535)
    await site.start()
    print("listening 127.0.0.1:%d" % site._server.sockets[0].getsockname()[1], flush=True)
    threading.Thread(target=control, daemon=True).start()
    await asyncio.Event().wait()


asyncio.run(main())
