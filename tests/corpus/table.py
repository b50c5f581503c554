"""All cases of bad input, in the order of their numbers."""

from tests.corpus.byte_cases import BYTE_CASES
from tests.corpus.cases import Case
from tests.corpus.json_cases import JSON_CASES
from tests.corpus.object_cases import OBJECT_CASES
from tests.corpus.schema_cases import SCHEMA_CASES

NUMBERS = range(1, 78)
CASES: tuple[Case, ...] = tuple(
    sorted(
        (*OBJECT_CASES, *BYTE_CASES, *JSON_CASES, *SCHEMA_CASES),
        key=lambda case: case.number,
    )
)
