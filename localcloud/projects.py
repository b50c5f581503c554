"""
What Google Cloud knows of a project beside its id.
"""

from hashlib import sha256


def project_number(project: str) -> str:
    """
    The number of a project, the same for an id on every machine and for ever.

    A number stands for itself, so either may be used in a request.
    """
    if project.isdecimal():
        return project
    digest = int.from_bytes(sha256(project.encode()).digest()[:8])
    return str(10**11 + digest % (9 * 10**11))
