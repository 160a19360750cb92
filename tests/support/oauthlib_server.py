"""An OAuth 1.0a broker that none of us wrote: Debian's python3-oauthlib behind E*TRADE's paths. Prints its port."""
import base64
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth1 import AccessTokenEndpoint, RequestTokenEndpoint, RequestValidator, ResourceEndpoint

KEYS = dict(pair.split("=", 1) for pair in sys.argv[1:])
requests, accesses, nonces = {}, {}, set()
ACCOUNTS = [
    {"accountId": "840104290", "accountIdKey": "a+b/c==", "accountDesc": "Brokerage", "accountStatus": "ACTIVE"},
    {"accountId": "840107777", "accountIdKey": "JIdOIAcSpwR1Jva7RQBraQ", "accountDesc": "Old", "accountStatus": "CLOSED"},
]


def awkward_token():
    while True:
        token = base64.b64encode(os.urandom(32)).decode()
        if "+" in token and "/" in token:
            return token


class Validator(RequestValidator):
    enforce_ssl = False
    timestamp_lifetime = 300
    allowed_signature_methods = ("HMAC-SHA1",)
    client_key_length = nonce_length = (8, 64)
    verifier_length = (4, 10)
    dummy_client = dummy_request_token = dummy_access_token = "dummy"

    def check_request_token(self, token):
        return len(token) == 44

    check_access_token = check_request_token

    def get_client_secret(self, client_key, request):
        return KEYS.get(client_key, "no such key")

    def get_request_token_secret(self, client_key, token, request):
        return requests.get(token, {}).get("secret", "none")

    def get_access_token_secret(self, client_key, token, request):
        return accesses.get(token, {}).get("secret", "none")

    def validate_client_key(self, client_key, request):
        return client_key in KEYS

    def validate_request_token(self, client_key, token, request):
        return requests.get(token, {}).get("key") == client_key

    def validate_access_token(self, client_key, token, request):
        return accesses.get(token, {}).get("key") == client_key

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        seen = (client_key, timestamp, nonce, request_token, access_token)
        fresh = seen not in nonces
        nonces.add(seen)
        return fresh

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob"

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def get_realms(self, token, request):
        return []

    get_default_realms = get_realms

    def validate_verifier(self, client_key, token, verifier, request):
        return requests.get(token, {}).get("verifier") == verifier

    def save_request_token(self, token, request):
        requests[token["oauth_token"]] = {"key": request.client_key, "secret": token["oauth_token_secret"]}

    def save_access_token(self, token, request):
        accesses[token["oauth_token"]] = {"key": request.client_key, "secret": token["oauth_token_secret"], "idle": False}

    def invalidate_request_token(self, client_key, request_token, request):
        del requests[request_token]


validator = Validator()
request_token = RequestTokenEndpoint(validator, awkward_token)
access_token = AccessTokenEndpoint(validator, awkward_token)
resource = ResourceEndpoint(validator)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        uri = f"http://{self.headers['Host']}{self.path}"
        headers = {"Authorization": self.headers.get("Authorization", "")}
        if url.path == "/oauth/request_token":
            return self.answer(*request_token.create_request_token_response(uri, "GET", headers=headers))
        if url.path == "/oauth/access_token":
            return self.answer(*access_token.create_access_token_response(uri, "GET", headers=headers))
        if url.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            pending = requests.get(query.get("token"), {})
            if pending.get("key") != query.get("key"):
                return self.answer({}, "This link is over.", 410)
            pending["verifier"] = base64.b32encode(os.urandom(4)).decode()[:5]
            return self.answer({}, pending["verifier"], 200)
        if url.path == "/idle":
            for token in accesses.values():
                token["idle"] = True
            return self.answer({}, "", 200)
        valid, signed = resource.validate_protected_resource_request(uri, "GET", headers=headers)
        if not valid:
            return self.answer({}, "<h1>HTTP Status 401 - oauth_problem=token_rejected</h1>", 401)
        return self.serve(url.path, accesses[signed.resource_owner_key], signed)

    def serve(self, path, token, signed):
        if path == "/oauth/renew_access_token":
            token["idle"] = False
            return self.answer({}, "Access Token has been renewed", 200)
        if path == "/oauth/revoke_access_token":
            del accesses[signed.resource_owner_key]
            return self.answer({}, "Revoked Access Token", 200)
        if token["idle"]:
            return self.answer({}, '{"Error":{"message":"oauth_problem=token_expired"}}', 401)
        if path == "/v1/accounts/list":
            return self.json({"AccountListResponse": {"Accounts": {"Account": ACCOUNTS}}})
        if path == "/v1/accounts/a%2Bb%2Fc%3D%3D/balance":
            return self.json({"BalanceResponse": {"Computed": {"cashBalance": 12.5, "RealTimeValues": {"totalAccountValue": 100}}}})
        return self.answer({}, "", 404)

    def json(self, content):
        return self.answer({"Content-Type": "application/json"}, json.dumps(content), 200)

    def answer(self, headers, body, status):
        content = (body or "").encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
