"""What goes out of the process, and what comes in."""

import asyncio
import json
import os
import pickle
import ssl
import subprocess
from http.client import HTTPSConnection
from urllib.request import urlopen

import asyncpg
import yaml


def bad_shell(word: str) -> None:
    # ruleid: through-a-shell
    subprocess.run(f"espeak-ng {word}", shell=True, check=True)
    # ruleid: through-a-shell
    os.system("espeak-ng " + word)
    # ruleid: through-a-shell
    subprocess.getoutput(word)


def good_shell(word: str) -> None:
    # ok: through-a-shell
    subprocess.run(["espeak-ng", "--", word], check=True)


def bad_unpacked(came: bytes) -> list[object]:
    return [
        # ruleid: unpacked-as-code
        pickle.loads(came),
        # ruleid: unpacked-as-code
        yaml.load(came, Loader=yaml.Loader),
        # ruleid: unpacked-as-code
        eval(came),
    ]


def good_unpacked(came: bytes) -> list[object]:
    return [
        # ok: unpacked-as-code
        json.loads(came),
        # ok: unpacked-as-code
        yaml.load(came, Loader=yaml.SafeLoader),
    ]


async def bad_patience(address: str) -> None:
    # ruleid: no-time-limit
    urlopen(address)
    # ruleid: no-time-limit
    HTTPSConnection(address, 443, context=ssl.create_default_context())
    # ruleid: no-time-limit
    await asyncpg.connect(address)
    # ruleid: no-time-limit-on-the-loop
    await asyncio.open_connection(address, 2575)


async def good_patience(address: str) -> None:
    # ok: no-time-limit
    urlopen(address, timeout=5)
    # ok: no-time-limit
    HTTPSConnection(address, 443, timeout=5, context=ssl.create_default_context())
    # ok: no-time-limit
    await asyncpg.connect(address, timeout=5)
    async with asyncio.timeout(5):
        # ok: no-time-limit-on-the-loop
        await asyncio.open_connection(address, 2575)


def bad_trust(context: ssl.SSLContext) -> None:
    # ruleid: certificate-unchecked
    context.check_hostname = False
    # ruleid: certificate-unchecked
    ssl._create_unverified_context()


def good_trust() -> ssl.SSLContext:
    # ok: certificate-unchecked
    return ssl.create_default_context()
