"""Signs requests with botocore. Reads a JSON list of requests on standard input, writes the list of signatures.

Request:   {"method", "url", "headers": {name: value}, "body": base64, "key", "secret", "token" or null,
            "region", "service", "timestamp": "20150830T123600Z"}
Signature: {"authorization", "headers": [[name, value], ...], "canonical", "string_to_sign"}
"""
import base64
import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def sign(case):
    request = AWSRequest(
        method=case["method"],
        url=case["url"],
        headers=case["headers"],
        data=base64.b64decode(case["body"]),
    )
    credentials = Credentials(case["key"], case["secret"], case["token"])
    auth = SigV4Auth(credentials, case["service"], case["region"])
    # What add_auth does, with the time given instead of read from the clock.
    request.context["timestamp"] = case["timestamp"]
    auth._modify_request_before_signing(request)
    canonical = auth.canonical_request(request)
    string_to_sign = auth.string_to_sign(request, canonical)
    signature = auth.signature(string_to_sign, request)
    auth._inject_signature_to_request(request, signature)
    return {
        "authorization": request.headers["Authorization"],
        "headers": [[name, value] for name, value in request.headers.items()],
        "canonical": canonical,
        "string_to_sign": string_to_sign,
    }


json.dump([sign(case) for case in json.load(sys.stdin)], sys.stdout)
