"""
Text that looks like a number in every row, which the importer may take for one.
"""

import re
from typing import Any

_INTEGER = re.compile(r"-?\d{1,18}")


class NumericText:
    """
    Which of the keys beside `request` hold nothing but digits, in all rows.
    """

    def __init__(self) -> None:
        self._numeric: dict[str, bool] = {}

    def see(self, row: dict[str, Any]) -> None:
        for name, value in row.items():
            if name != "request" and value is not None:
                digits = isinstance(value, str) and bool(_INTEGER.fullmatch(value))
                self._numeric[name] = self._numeric.get(name, True) and digits

    def names(self) -> set[str]:
        return {name for name, numeric in self._numeric.items() if numeric}
