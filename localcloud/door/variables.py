"""
The environment in which an unchanged Google client reaches the local cloud.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.door.authority import JAVA_STORE_PASSWORD
from localcloud.door.door import LOOPBACK

# What Node.js needs beside variables; its first lines say why.
NODE_PROXY = Path(__file__).with_name("node_proxy.cjs")

# What would lead a client past the door, or to other credentials, if it stayed set.
REMOVED = (
    "ALL_PROXY",
    "all_proxy",
    "BIGQUERY_EMULATOR_HOST",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE",
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT",
    "CLOUDSDK_CORE_ACCOUNT",
    "CLOUDSDK_PROXY_ADDRESS",
    "CLOUDSDK_PROXY_PORT",
    "CLOUDSDK_PROXY_TYPE",
    # Node's libraries ask for this name before GOOGLE_CLOUD_PROJECT.
    "GCLOUD_PROJECT",
    # Hosts of their own: *.mtls.googleapis.com, or another domain.
    "GOOGLE_API_USE_CLIENT_CERTIFICATE",
    "GOOGLE_API_USE_MTLS_ENDPOINT",
    "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_VERTEX_BASE_URL",
    # gRPC asks for these two before https_proxy and no_proxy.
    "grpc_proxy",
    "no_grpc_proxy",
    "PUBSUB_EMULATOR_HOST",
    # OpenSSL would trust what lies there as well.
    "SSL_CERT_DIR",
    "STORAGE_EMULATOR_HOST",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """
    What a client must know of one local cloud.
    """

    port: int
    project: str
    certificate: Path
    java_store: Path
    credentials: Path
    gcloud_config: Path

    def variables(self) -> dict[str, str]:
        """
        The variables to set; those of REMOVED must be unset beside them.

        Plain HTTP goes to the door too, which refuses it: so nothing that obeys
        proxy variables can reach the world.
        """
        proxy = f"http://{LOOPBACK}:{self.port}"
        direct = f"{LOOPBACK},localhost,::1"
        certificate = str(self.certificate)
        return {
            "HTTPS_PROXY": proxy,
            "https_proxy": proxy,
            "HTTP_PROXY": proxy,
            "http_proxy": proxy,
            "NO_PROXY": direct,
            "no_proxy": direct,
            "SSL_CERT_FILE": certificate,
            "REQUESTS_CA_BUNDLE": certificate,
            "CURL_CA_BUNDLE": certificate,
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": certificate,
            "NODE_EXTRA_CA_CERTS": certificate,
            "NODE_USE_ENV_PROXY": "1",
            "NODE_OPTIONS": node_options(NODE_PROXY),
            "JAVA_TOOL_OPTIONS": self._java_options(),
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.credentials),
            "GOOGLE_CLOUD_PROJECT": self.project,
            "CLOUDSDK_CONFIG": str(self.gcloud_config),
            "CLOUDSDK_CORE_PROJECT": self.project,
            "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": str(self.credentials),
            "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE": certificate,
            # Hosts that the door refuses.
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        }

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """
        An environment with the variables in force and those of REMOVED gone.
        """
        kept = {k: v for k, v in inherited.items() if k not in REMOVED}
        return kept | self.variables()

    def _java_options(self) -> str:
        # The JVM splits this as a shell would, quotes included.
        return " ".join(
            shlex.quote(option)
            for option in (
                f"-Dhttps.proxyHost={LOOPBACK}",
                f"-Dhttps.proxyPort={self.port}",
                f"-Dhttp.proxyHost={LOOPBACK}",
                f"-Dhttp.proxyPort={self.port}",
                f"-Djavax.net.ssl.trustStore={self.java_store}",
                f"-Djavax.net.ssl.trustStorePassword={JAVA_STORE_PASSWORD}",
            )
        )


def node_options(script: Path) -> str:
    """
    Write the option that makes Node.js run a script before any other.

    Node splits it at spaces, and reads quotes and backslashes as JSON does.
    """
    return f"--require={json.dumps(str(script), ensure_ascii=False)}"
