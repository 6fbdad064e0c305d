"""Talks a call with a running server through the `websockets` library, as the relay would.

An independent reader of our frames: what this accepts, we did not check with our own code.
Usage: relay.py ws://127.0.0.1:8080/relay. Exits 0 if all was as it must be.
"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect

# A reply's next chunk must come within this; the built-in model thinks for half a second.
PATIENCE_S = 5
# What the caller has let the voice say before speaking over it.
HEARD_WORDS = 2


async def main(url):
    async with connect(url, ping_interval=None) as call:
        await send(call, type="setup", sessionId="VX-peer", callSid="CA-peer", to="+1", **{"from": "+2"})
        await hears_a_whole_reply(call)
        await speaks_over_a_reply(call)
        await asyncio.wait_for(await call.ping(b"still there?"), PATIENCE_S)
        checked("a ping is answered")
        await call.close(1000)
    expect(call.close_code == 1000, f"closed with {call.close_code}")
    checked("the close is answered with 1000")


async def hears_a_whole_reply(call):
    await prompt(call, "Hello, who is calling?")
    chunks = await reply(call)
    text = "".join(chunk["token"] for chunk in chunks)
    expect(len(text.split()) >= 3, f"no reply of several words: {text!r}")
    expect("[" not in text and "END_CALL" not in text, f"a marker is spoken: {text!r}")
    expect(text == text.strip(), f"white space around the reply: {text!r}")
    expect(len(chunks) > 1, f"a reply in one chunk was not streamed: {chunks}")
    expect(chunks[-1]["last"] is True, f"the reply does not end with last: {chunks[-1]}")
    checked(f"a reply in {len(chunks)} chunks: {text!r}")


async def speaks_over_a_reply(call):
    await prompt(call, "Tell me more about that, please.")
    heard = (await chunk(call))["token"]
    await send(
        call,
        type="interrupt",
        utteranceUntilInterrupt=" ".join(heard.split()[:HEARD_WORDS]),
        durationUntilInterruptMs="460",
    )
    # The answer to a ping stands behind all that was written before the interrupt was read.
    await asyncio.wait_for(await call.ping(), PATIENCE_S)
    crossed = await drained(call)
    await prompt(call, "Sorry, what does it cost?")
    chunks = await reply(call)
    text = "".join(chunk["token"] for chunk in chunks)
    expect(len(text.split()) >= 2, f"no reply after the interrupt: {text!r}")
    expect(not text.startswith(heard), f"the dead reply goes on: {text!r}")
    checked(f"an interrupt after {heard!r} ({crossed} chunks crossed it), then {text!r}")


async def reply(call):
    """The chunks of a reply, to the `last` behind which nothing comes for a while."""
    chunks = [await chunk(call)]
    while True:
        try:
            chunks.append(await chunk(call, QUIET_S if chunks[-1]["last"] else PATIENCE_S))
        except TimeoutError:
            expect(chunks[-1]["last"], f"the reply stops without last: {chunks[-1]}")
            return chunks


# The built-in model never pauses this long within a reply.
QUIET_S = 1.5


async def chunk(call, patience_s=PATIENCE_S):
    message = json.loads(await asyncio.wait_for(call.recv(), patience_s))
    expect(set(message) == {"type", "token", "last"}, f"not the keys of a chunk: {message}")
    expect(message["type"] == "text", f"not a chunk: {message}")
    expect(isinstance(message["token"], str), f"words that are no text: {message}")
    expect(isinstance(message["last"], bool), f"a last that is no truth value: {message}")
    return message


async def drained(call):
    """The number of chunks that have been received already."""
    count = 0
    while True:
        try:
            await chunk(call, 0.05)
            count += 1
        except TimeoutError:
            return count


async def prompt(call, text):
    await send(call, type="prompt", voicePrompt=text, lang="en-US", last=True)


async def send(call, **message):
    await call.send(json.dumps(message))


def expect(is_so, otherwise):
    if not is_so:
        sys.exit(f"relay.py: {otherwise}")


def checked(what):
    print(f"  ok  {what}")


asyncio.run(main(sys.argv[1]))
