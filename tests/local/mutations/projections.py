"""What indexes project beside their keys."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.local.manifests import OTHERS, Draw, add_global, add_local, global_indexes, local_indexes
from tests.local.mutations.mutation import mutation
from tests.local.mutations.names import an_index
from tests.local.transcription import Manifest


def _names(count: int) -> list[str]:
    return [f"attribute-{i}" for i in range(count)]


@mutation("include-requires-attributes", "missing", near=True)
def type_and_list(draw: Draw, manifest: Manifest) -> None:
    """Every type, with every kind of list."""
    projection: Manifest = {}
    kind = draw(st.sampled_from([None, "ALL", "KEYS_ONLY", "INCLUDE", "INCLUDE"]))
    if kind is not None:
        projection["type"] = kind
    listed = draw(st.sampled_from([None, [], OTHERS[:1], OTHERS[:3]]))
    if listed is not None:
        projection["nonKeyAttributes"] = listed
    an_index(draw, manifest)["projection"] = projection


@mutation(stated=("long-list-of-non-key-attributes",), near=True)
def length_of_a_list(draw: Draw, manifest: Manifest) -> None:
    names = _names(draw(st.sampled_from([1, 20, 21, 100])))
    an_index(draw, manifest)["projection"] = {"type": "INCLUDE", "nonKeyAttributes": names}


@mutation("non-key-attributes", near=True)
def name_twice_in_a_list(draw: Draw, manifest: Manifest) -> None:
    """The same, or in another case."""
    names = ["one", "two", draw(st.sampled_from(["one", "One", "two", " two"]))]
    an_index(draw, manifest)["projection"] = {"type": "INCLUDE", "nonKeyAttributes": names}


@mutation("non-key-attributes", near=True)
def sum_over_all_lists(draw: Draw, manifest: Manifest) -> None:
    """Names that repeat count each time."""
    total = draw(st.sampled_from([99, 100, 101]))
    each = draw(st.sampled_from([20, 17, 10]))
    for index in (*global_indexes(manifest), *local_indexes(manifest)):
        index.pop("projection", None)
    local = draw(st.sampled_from([0, 1, 2]))
    for i in range(-(-total // each)):
        add = add_local if i < local else add_global
        index = add(manifest, f"listing-{i}")
        names = _names(min(each, total - i * each))
        index["projection"] = {"type": "INCLUDE", "nonKeyAttributes": names}
