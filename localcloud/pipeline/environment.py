"""
The environment that a deployed function runs in.
"""

import os
from collections.abc import Mapping

from localcloud.access import access_to
from localcloud.data_folder import DataFolder
from localcloud.pipeline.deployment import Deployment

# Nothing of the user's own but what a process needs to run: on Google Cloud a function
# gets no more.
_KEPT = ("PATH", "TMPDIR", "LANG", "LC_ALL")


def function_environment(
    folder: DataFolder, deployment: Deployment, function: str, *, port: int
) -> Mapping[str, str]:
    """
    The deployment's settings, and the way through the door as the function's own
    account.
    """
    inherited = {name: os.environ[name] for name in _KEPT if name in os.environ}
    account = access_to(
        folder,
        port=port,
        project=deployment.project,
        account=deployment.called(function),
    )
    return inherited | account.variables() | deployment.settings()
