# Start-up script for LocalStack: calls of Lambda functions go to endpoints that
# are registered here, since LocalStack runs functions in Docker only.
#
#   PUT /_takedown/functions  {"prefix": "NAME", "url": "http://127.0.0.1:PORT"}
#
# A function whose name (in an ARN: its last part) begins with the prefix is
# invoked at url, over the Invoke API; the longest prefix wins.
import json
import re
import threading

import requests
from localstack.http import Response
from localstack.services.edge import ROUTER

_lock = threading.Lock()
_urls = {}


def _name(fn):
    match = re.match(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)", fn)
    return match.group(1) if match else fn


def _url(name):
    with _lock:
        prefixes = [p for p in _urls if name.startswith(p)]
        return _urls[max(prefixes, key=len)] if prefixes else None


def register(request):
    if request.method == "GET":
        return Response(json.dumps(sorted(_urls)), status=200)
    body = json.loads(request.get_data())
    with _lock:
        _urls[body["prefix"]] = body["url"].rstrip("/")
    return Response(status=204)


def invoke(request, fn):
    url = _url(_name(fn))
    if url is None:
        text = json.dumps({"Type": "User", "Message": "Function not found: " + fn})
        return Response(text, status=404, headers={"x-amzn-ErrorType": "ResourceNotFoundException"})
    headers = {k: v for k, v in request.headers.items() if k.lower().startswith("x-amz-") or k.lower() == "content-type"}
    answer = requests.post(
        f"{url}/2015-03-31/functions/{_name(fn)}/invocations", data=request.get_data(), headers=headers, timeout=960
    )
    kept = {k: v for k, v in answer.headers.items() if k.lower().startswith("x-amz") or k.lower() == "content-type"}
    return Response(answer.content, status=answer.status_code, headers=kept)


ROUTER.add(path="/_takedown/functions", endpoint=register, methods=["GET", "PUT"])
ROUTER.add(path="/2015-03-31/functions/<path:fn>/invocations", endpoint=invoke, methods=["POST"])
