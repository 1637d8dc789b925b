"""What ModelScope lists of a model: each file with its size and SHA-256.

Knows no network: the connection is given.
"""

from __future__ import annotations

from urllib.parse import urlencode

from studio.engine.fetching.remote import File, Remote, Unwell, sum_of

REVISION = "master"


def listing(remote: Remote, model: str) -> list[File]:
    """The files of the newest revision. Raises as `Remote.json`."""
    place = f"{remote.address}/api/v1/models/{model}/repo"
    told = remote.json(f"{place}/files?{urlencode({'Revision': REVISION, 'Recursive': 'True'})}")
    try:
        return [
            File(
                path := str(one["Path"]),
                f"{place}?{urlencode({'Revision': REVISION, 'FilePath': path})}",
                int(one["Size"]),
                sum_of(one.get("Sha256")),
            )
            for one in told["Data"]["Files"]
            if one.get("Type") != "tree"
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unwell("no list of files") from error
