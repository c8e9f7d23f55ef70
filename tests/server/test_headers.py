"""The headers of every response."""

import re
import urllib.error
import urllib.request

import pytest

from lenet.server.headers import policy

PREFLIGHT = {"Origin": "http://127.0.0.1", "Access-Control-Request-Method": "POST"}


def headers(address: str, path: str, method: str) -> dict[str, str]:
    sent = PREFLIGHT if method == "OPTIONS" else {}
    request = urllib.request.Request(address.rstrip("/") + path, headers=sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(answer.headers.items())
    except urllib.error.HTTPError as error:
        return dict(error.headers.items())


@pytest.mark.parametrize(
    ("path", "method"),
    [
        *((path, "GET") for path in ("/", "/config", "/theme.css", "/networks.json", "/health")),
        *((path, "GET") for path in ("/predict", "/element.js", "/nowhere", "/networks/x")),
        *((path, "POST") for path in ("/predict", "/gradio_api/queue/join", "/gradio_api/upload")),
        *((path, "OPTIONS") for path in ("/", "/predict", "/nowhere")),
        ("/", "HEAD"),
    ],
)
def test_every_response_has_the_headers(address: str, path: str, method: str) -> None:
    found = {name.lower(): value for name, value in headers(address, path, method).items()}
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "same-origin"
    assert "camera=()" in found["permissions-policy"]
    allowed = found["content-security-policy"]
    assert "default-src 'none'" in allowed
    assert "'unsafe-inline'" not in re.findall(r"script-src [^;]*", allowed)[0]
    assert "frame-ancestors" not in allowed, "other pages may embed it"
    assert "cross-origin-resource-policy" not in found, "other pages may import element.js"


def test_the_policy_names_each_inline_script_of_the_page() -> None:
    page = b"<script>1</script><script src='x.js'></script><script type=module>2</script>"
    # echo -n 1 | openssl sha256 -binary | base64
    assert "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='" in policy(page)
    assert policy(page).count("sha256-") == 2
    assert "sha256-" not in policy()
