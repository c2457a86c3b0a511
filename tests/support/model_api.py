# SPDX-License-Identifier: Apache-2.0
"""A scripted model API: as much of Anthropic's Messages API and of Google's Gemini API as the agents need for a turn.

The last text of the user is the script:
  RUN: COMMAND   the model asks for one shell command; when its output comes back, the answer is "done: OUTPUT"
  FAIL: STATUS   the request fails with this HTTP status
  else           the answer is "you said: TEXT"

All requests are kept in `requests`. With `key` or `bearer` set, others are answered 401."""

import http.server
import itertools
import json
import re
import urllib.parse

from .serving import Serving

_REMINDER = re.compile(r"<(system-reminder|session_context)>.*?</\1>", re.DOTALL)
_RUN = re.compile(r"RUN: (.*)")
_FAIL = re.compile(r"FAIL: (\d{3})")


class Request:
    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers  # names in lower case
        self.body = body

    def __repr__(self):
        return f"{self.method} {self.path}"


def _text(content):
    """What the user wrote: a message's text without what the agents add for the model."""
    if isinstance(content, str):
        parts = [content]
    else:
        parts = [part["text"] for part in content or [] if isinstance(part.get("text"), str)]
    return _REMINDER.sub("", "\n".join(parts)).strip()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status, document):
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _events(self, events):
        """Server-sent events: (name or None, document) pairs."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for name, document in events:
            data = ((f"event: {name}\n" if name else "") + f"data: {json.dumps(document)}\n\n").encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _handle(self):
        raw = self._body()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.api.requests.append(Request(self.command, self.path, headers, body))
        path = urllib.parse.urlsplit(self.path).path
        gemini = re.fullmatch(r".*/models/([^/:]+):(streamGenerateContent|generateContent|countTokens)", path)
        if self.command != "POST" or not (gemini or path.endswith(("/messages", "/messages/count_tokens"))):
            return self._answer(200 if self.command == "HEAD" else 404, _anthropic_error("not_found_error", path))
        if not self.server.api.admits(headers):
            return self._answer(401, _anthropic_error("authentication_error", "these credentials are not known here"))
        if gemini:
            return self._gemini(body, *gemini.groups())
        if path.endswith("count_tokens"):
            return self._answer(200, {"input_tokens": len(raw) // 4})
        return self._anthropic(body)

    do_GET = do_HEAD = do_POST = _handle

    # -- Anthropic ----------------------------------------------------------------------------------------------------
    def _anthropic(self, body):
        from_user = [message["content"] for message in body.get("messages", []) if message.get("role") == "user"]
        last = from_user[-1] if from_user else ""
        results = [part for part in last if part.get("type") == "tool_result"] if isinstance(last, list) else []
        text = _text(last)
        if failure := _FAIL.search(text):
            return self._answer(int(failure.group(1)), _anthropic_error("api_error", "a scripted failure"))
        command = _RUN.search(text)
        number = next(self.server.api.numbers)
        if results:
            block = {"type": "text", "text": "done: " + _text(results[-1].get("content"))}
        elif command and any(tool.get("name") == "Bash" for tool in body.get("tools", [])):
            action = {"command": command.group(1), "description": "as the script says"}
            block = {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": action}
        else:
            block = {"type": "text", "text": "you said: " + text}
        stop = "tool_use" if block["type"] == "tool_use" else "end_turn"
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": body.get("model")}
        message |= {"content": [block], "stop_reason": stop, "stop_sequence": None, "usage": usage}
        if not body.get("stream"):
            return self._answer(200, message)
        if stop == "tool_use":
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
            start = {**block, "input": {}}
        else:
            delta = {"type": "text_delta", "text": block["text"]}
            start = {**block, "text": ""}
        return self._events(
            (event["type"], event)
            for event in (
                {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
                {"type": "content_block_start", "index": 0, "content_block": start},
                {"type": "content_block_delta", "index": 0, "delta": delta},
                {"type": "content_block_stop", "index": 0},
                {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
                {"type": "message_stop"},
            )
        )

    # -- Gemini -------------------------------------------------------------------------------------------------------
    def _gemini(self, body, model, verb):
        if verb == "countTokens":
            return self._answer(200, {"totalTokens": 1})
        from_user = [turn for turn in body.get("contents", []) if turn.get("role") != "model"]
        parts = from_user[-1].get("parts", []) if from_user else []
        results = [part["functionResponse"] for part in parts if "functionResponse" in part]
        text = _text(parts)
        if failure := _FAIL.search(text):
            code = int(failure.group(1))
            return self._answer(code, {"error": {"code": code, "message": "a scripted failure", "status": "INTERNAL"}})
        functions = {f.get("name") for tool in body.get("tools", []) for f in tool.get("functionDeclarations", [])}
        command = _RUN.search(text)
        if body.get("generationConfig", {}).get("responseMimeType") == "application/json":
            # The agent asks in between which model to take, and who speaks next.
            choice = {"reasoning": "scripted", "model_choice": "flash", "next_speaker": "user", "complexity_score": 1}
            part = {"text": json.dumps({**choice, "complexity_reasoning": "scripted"})}
        elif results:
            part = {"text": "done: " + json.dumps(results[-1].get("response"))}
        elif command and "run_shell_command" in functions:
            action = {"command": command.group(1), "description": "as the script says"}
            part = {"functionCall": {"name": "run_shell_command", "args": action}}
        else:
            part = {"text": "you said: " + text}
        answer = {
            "candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
            "modelVersion": model,
        }
        if verb == "generateContent":
            return self._answer(200, answer)
        return self._events([(None, answer)])


def _anthropic_error(kind, message):
    return {"type": "error", "error": {"type": kind, "message": message}}


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # an agent that ends in the middle of an answer is no error of ours


class ModelApi(Serving):
    """Serves while it is entered."""

    def __init__(self, address):
        self.requests = []
        self.numbers = itertools.count(1)
        self.key = None
        self.bearer = None
        server = _Server((address, 0), _Handler)
        server.api = self
        self.url = "http://{}:{}".format(*server.server_address[:2])
        super().__init__(server)

    def admits(self, headers):
        if self.key and self.key not in (headers.get("x-api-key"), headers.get("x-goog-api-key")):
            return False
        return not self.bearer or headers.get("authorization") == f"Bearer {self.bearer}"

    def turns(self):
        """The requests that were turns of a conversation."""
        return [r for r in self.requests if r.method == "POST" and "/messages" in r.path or "enerateContent" in r.path]
