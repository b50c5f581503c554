"""
What a client needs to reach the local cloud of a data folder.
"""

from localcloud.data_folder import DataFolder
from localcloud.door.service_accounts import key_file
from localcloud.door.variables import Access

USER = "developer"


def access_to(
    folder: DataFolder, *, port: int, project: str, account: str = USER
) -> Access:
    """
    What a client needs, as `account`, to reach the cloud whose data folder this is.
    """
    authority = folder.path / "authority"
    return Access(
        port=port,
        project=project,
        certificate=authority / "ca.pem",
        java_store=authority / "ca.p12",
        credentials=key_file(
            folder.path / "credentials", name=account, project=project
        ),
        gcloud_config=folder.path / "gcloud",
    )
