"""Connects to the cluster of a kubeconfig, or to the one that this runs in.

A kubeconfig holds credentials, and the errors of the client quote it: no message here does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import yaml
from kubernetes import client, config
from urllib3 import Retry

from planton.cluster.api import Cluster, ClusterError, one_line
from planton.diagnostics.diagnostic import printable

_RETRIES = Retry(3, retry_after_max=10)
"""As often as the client does by default. A server that is busy says how long to wait, and urllib3
would wait for hours."""


def connect(kubeconfig: str | None) -> Cluster:
    """The cluster of a kubeconfig, or the one that this runs in.

    Raises:
        ClusterError: the file cannot be used, or this runs in no cluster.
    """
    where = printable(kubeconfig) if kubeconfig else "the pod's service account"
    settings = client.Configuration()
    settings.retries = _RETRIES
    try:
        with _without_log():
            if kubeconfig:
                config.load_kube_config(kubeconfig, client_configuration=settings)
            else:
                config.load_incluster_config(settings)
    except config.ConfigException as error:
        # Instead of the place in the file it quotes what is there.
        said = re.sub(r"\{.*\}", "{…}", str(error), flags=re.DOTALL)
        raise ClusterError(f"{where}: {one_line(said)}") from None
    except OSError as error:
        raise ClusterError(f"{where}: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, KeyError):
        # The client does not check the form of the file, and its errors quote what is in it.
        raise ClusterError(f"{where}: it is not a valid kubeconfig") from None
    if not all(one.isascii() and one.isprintable() for one in settings.api_key.values()):
        # HTTP does not allow these, and the error of its client shows the token.
        raise ClusterError(
            f"{where}: the token contains a line break or another character that HTTP does not "
            "allow"
        )
    known = settings.api_key or settings.cert_file or settings.username
    if kubeconfig and not known and settings.host.startswith("https:"):
        raise ClusterError(
            f"{where}: it gives no credentials: it must hold a token or a client certificate, or "
            "name a program that runs here"
        )
    return Cluster(client.ApiClient(settings))


@contextmanager
def _without_log() -> Iterator[None]:
    """Without the log of the client, which shows what a program for credentials has printed."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
