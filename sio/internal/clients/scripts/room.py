"""Clients of python-socketio in one room with others, as room.mjs beside it:

    python3 room.py <url> <transports>...
"""
import asyncio
import base64
import sys

import engineio.payload
import socketio

# How many packets of one poll it takes: 16, which a busy room exceeds with any
# server. Its documentation says to raise it so.
engineio.payload.Payload.max_decode_packets = 10000


async def visit(url, transports):
    sio = socketio.AsyncClient()
    begin = asyncio.get_running_loop().create_future()
    heard = asyncio.Queue()
    sio.on("begin", lambda total: begin.set_result(total))

    @sio.on("said")
    async def said(who, n, word):
        if isinstance(word, bytes):
            word = "binary:" + base64.b64encode(word).decode()
        heard.put_nowait([who, n, word])

    await sio.connect(url, transports=transports.split(","), wait_timeout=20)
    mine = await sio.call("enter", "python " + transports)
    await sio.emit("ready")
    total = await begin
    for n, word in enumerate(mine):
        if n % 2 == 0:
            await sio.emit("say", (n, word))
        else:
            await sio.emit("show", (n, base64.b64decode(word)))
    everything = [await heard.get() for _ in range(total)]
    assert await sio.call("heard", everything) is True
    assert heard.empty()
    await sio.disconnect()


async def main():
    url, *kinds = sys.argv[1:]
    await asyncio.wait_for(asyncio.gather(*(visit(url, t) for t in kinds)), 60)
    print("finished", flush=True)


asyncio.run(main())
