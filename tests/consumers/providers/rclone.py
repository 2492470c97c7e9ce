"""Prints the access key id with which rclone signs its requests. It uses the AWS SDK for Go v2.

usage: rclone.py RCLONE, with a JSON array of cases on standard input
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def answer(case):
    environment = {**os.environ, **case["environment"]}
    endpoint = environment["AWS_ENDPOINT_URL_STS"]
    remote = f":s3,env_auth,provider=Other,region=us-east-1,endpoint='{endpoint}'"
    remote += f",profile={case['profile']}" if case["named"] else ""
    options = ["--config", "", "--retries", "1", "--low-level-retries", "1"]
    done = subprocess.run(
        [sys.argv[1], *options, "lsf", f"{remote}:bucket"], env=environment, capture_output=True, text=True
    )
    # The bucket refuses every request, and repeats the key.
    found = re.search(r"key (\w+) ", done.stderr)
    return {"key": found.group(1)} if found else {"error": done.stderr.strip()}


with ThreadPoolExecutor(2) as pool:
    for one in pool.map(answer, json.load(sys.stdin)):
        print(json.dumps(one), flush=True)
