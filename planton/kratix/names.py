"""Names that the Promise, its workflow and the clusters share."""

from __future__ import annotations

from planton import __version__
from planton.dialects.contract import REQUEST_API_VERSIONS, REQUEST_KIND

PROMISE = "aws-dynamodb-kratix"
VERSION = f"v{__version__}"
GROUP, API_VERSION = next(iter(REQUEST_API_VERSIONS)).split("/")
KIND = REQUEST_KIND
PLURAL = "dynamodbrequests"
SINGULAR = "dynamodbrequest"

CONFIGURE = "configure"
DELETE = "delete"
PIPELINES = {CONFIGURE: "render", DELETE: "guard"}
"""The pipeline of each action. Kratix joins Promise, type, action and pipeline to one name."""

IMAGE = f"kratix/dynamodb-resource-configure:{__version__}"
"""The workflow's default image."""

USER = 65532
"""The user that the workflow runs as, the same as in Kratix's own containers."""

DESTINATION = {"cloud": "aws", "ack-enabled": "true"}
"""Labels of the Destinations on which the ACK controller runs."""

REQUEST_LABEL = f"{GROUP}/request"
"""Label of every rendered object, with the name of its request."""

REGIONS_VARIABLE = "ALLOWED_REGIONS"
"""Environment variable of the workflow: the regions that the platform offers; if empty, all."""

RULES_FOLDER = "/etc/planton"
"""Where the organization's rules lie in the workflow's container, if the Promise names any."""

REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
)
"""The default regions of the Promise: an example for a platform to replace."""

OBSERVE = "observe"
"""The pipeline that follows the configure pipeline and tells the request the state of its table."""
