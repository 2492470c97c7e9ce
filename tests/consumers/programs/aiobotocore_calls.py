"""Calls GetCallerIdentity through aiobotocore, and prints the answers.

usage: aiobotocore_calls.py PROFILE TIMES STS_URL
"""

import asyncio
import sys

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession


async def main(profile, times, url):
    config = AioConfig(retries={"total_max_attempts": 1})
    async with AioSession(profile=profile).create_client("sts", endpoint_url=url, config=config) as sts:
        for _ in range(int(times)):
            print((await sts.get_caller_identity())["Arn"])


asyncio.run(main(*sys.argv[1:]))
