"""`python -m tests.wire --port 0`: a Discord on the loopback, in a process of its own. It prints its address."""

import argparse
import asyncio
import signal
import sys

import uvloop

from tests.wire.server import serving


async def main(port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stopped.set)
    # Whoever started it holds its input open: when they are gone, however that came, so is it.
    loop.add_reader(sys.stdin, lambda: stopped.set() if not sys.stdin.read(1) else None)
    async with serving(port) as wire:
        sys.stdout.write(f"http://{wire.address}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    uvloop.run(main(parser.parse_args().port))
