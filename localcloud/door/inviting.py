"""
Asking for bodies: what a client is told that waits with its body until it is asked.
"""

from aiohttp import HttpVersion11, hdrs, web

from localcloud.door.dispatch import Handler


async def invite(request: web.BaseRequest) -> None:
    """
    Ask for a request's body if its client waits to be asked.

    aiohttp's low-level server leaves this to its user; without an answer curl waits a
    second before it sends a body. HTTP/1.0 has no such answer.
    """
    expect = request.headers.get(hdrs.EXPECT, "")
    if expect.lower() == "100-continue" and request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # What was written is no part of the answer that begins now.
        request.writer.output_size = 0


def inviting(service: Handler) -> Handler:
    """
    Wrap a service that takes bodies, so that each is asked for.
    """

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        await invite(request)
        return await service(request)

    return handle
