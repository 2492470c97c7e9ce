"""Prints the access key id with which the AWS SDK for C++, inside pyarrow, signs its requests.

Standard input has a JSON array of cases.
"""

import json
import os
import re
import sys

from pyarrow.fs import FileSelector, S3FileSystem

STARTED_WITH = dict(os.environ)
for case in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(STARTED_WITH, **case["environment"])
    endpoint = os.environ["AWS_ENDPOINT_URL_STS"].removeprefix("http://")
    try:
        S3FileSystem(scheme="http", endpoint_override=endpoint, region="us-east-1").get_file_info(
            FileSelector("bucket")
        )
        answer = {"error": "no answer"}
    except OSError as error:
        # The bucket refuses every request, and repeats the key.
        found = re.search(r"key (\w+)", str(error))
        key = found and found.group(1)
        answer = {"key": key} if key and key != "none" else {"error": str(error)}
    print(json.dumps(answer), flush=True)
