from typing import Any

import pytest

from localcloud.storage.api.fields import FieldMask
from localcloud.storage.rules.errors import InvalidError

PAGE = {
    "kind": "storage#objects",
    "items": [
        {"name": "a", "size": "1", "metadata": {"x": "1", "y": "2"}},
        {"name": "b", "size": "2"},
    ],
    "nextPageToken": "t",
}


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        ("kind", {"kind": "storage#objects"}),
        ("kind, nextPageToken", {"kind": "storage#objects", "nextPageToken": "t"}),
        ("items/name", {"items": [{"name": "a"}, {"name": "b"}]}),
        ("items(name)", {"items": [{"name": "a"}, {"name": "b"}]}),
        (
            "items(size,metadata/x),nextPageToken",
            {
                "items": [{"size": "1", "metadata": {"x": "1"}}, {"size": "2"}],
                "nextPageToken": "t",
            },
        ),
        ("items(metadata(x,y))", {"items": [{"metadata": {"x": "1", "y": "2"}}, {}]}),
        ("items/metadata/*", {"items": [{"metadata": {"x": "1", "y": "2"}}, {}]}),
        ("*", PAGE),
        ("items", {"items": PAGE["items"]}),
        ("none", {}),
        ("*/size", {"kind": "storage#objects", "nextPageToken": "t"}),
    ],
)
def test_a_mask_keeps_what_it_names(mask: str, kept: dict[str, Any]) -> None:
    seen = FieldMask.parse(mask).apply(PAGE)
    if mask == "*/size":
        assert seen.pop("items") == [{"size": "1"}, {"size": "2"}]
    assert seen == kept


@pytest.mark.parametrize(
    "mask", ["", ",", "a,", "a(", "a()", "a(b", "a)", "a//b", "/a"]
)
def test_a_mask_that_is_none_is_refused(mask: str) -> None:
    with pytest.raises(InvalidError):
        FieldMask.parse(mask)
