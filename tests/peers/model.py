"""Reads a reply of the built-in model through OpenAI's own client library.

If that library understands the stream, the model stands in for a real one.
Usage: model.py http://127.0.0.1:PORT/v1. Exits 0 if all was as it must be.
"""

import sys

from openai import OpenAI


def main(base_url):
    client = OpenAI(base_url=base_url, api_key="none is needed", max_retries=0, timeout=10)
    expect([model.id for model in client.models.list()] != [], "the list of models is empty")
    checked("the list of models")
    conversation = [
        {"role": "system", "content": "You sell house alarms over the phone."},
        {"role": "user", "content": "Hello, who is calling?"},
    ]
    streamed(client, conversation)
    whole(client, conversation)


def streamed(client, conversation):
    stream = client.chat.completions.create(
        model="sim",
        messages=conversation,
        stream=True,
        stream_options={"include_usage": True},
    )
    pieces, reasons, usages = [], [], []
    for chunk in stream:
        for choice in chunk.choices:
            if choice.delta.content:
                expect(not reasons, f"words behind the finish reason: {choice}")
                pieces.append(choice.delta.content)
            if choice.finish_reason:
                reasons.append(choice.finish_reason)
        if chunk.usage:
            usages.append(chunk.usage)
    text = "".join(pieces)
    expect(len(text.split()) >= 3, f"no reply of several words: {text!r}")
    expect(len(pieces) > 3, f"not streamed: {pieces}")
    expect(reasons == ["stop"], f"finish reasons: {reasons}")
    expect(len(usages) == 1, f"the usage comes {len(usages)} times")
    [usage] = usages
    expect(usage.completion_tokens == len(pieces), f"{len(pieces)} pieces, but {usage}")
    expect(usage.prompt_tokens > 0, f"a prompt without tokens: {usage}")
    total = usage.prompt_tokens + usage.completion_tokens
    expect(usage.total_tokens == total, f"it does not add up: {usage}")
    checked(f"a stream of {len(pieces)} pieces, stop, {total} tokens: {text!r}")


def whole(client, conversation):
    completion = client.chat.completions.create(model="sim", messages=conversation)
    [choice] = completion.choices
    expect(len(choice.message.content.split()) >= 3, f"no reply: {choice}")
    expect(choice.message.role == "assistant", f"who speaks? {choice}")
    expect(choice.finish_reason == "stop", f"not finished: {choice}")
    expect(completion.usage.completion_tokens > 0, f"usage: {completion.usage}")
    checked(f"a reply without a stream: {choice.message.content!r}")


def expect(is_so, otherwise):
    if not is_so:
        sys.exit(f"model.py: {otherwise}")


def checked(what):
    print(f"  ok  {what}")


main(sys.argv[1])
