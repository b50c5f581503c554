"""
Why one row has no answer: what stands in its `status`.
"""

import json
from http import HTTPStatus

from localcloud.google_codes import HTTP_STATUS, Code


class RowError(Exception):
    """
    The row failed; the job goes on.
    """

    def __init__(self, message: str, code: Code = Code.INVALID_ARGUMENT) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def status(self) -> str:
        """
        The row's status: an HTTP reason, and the error as JSON.
        """
        number = HTTP_STATUS[self.code]
        error = {
            "error": {
                "code": number,
                "message": self.message,
                "status": self.code.name,
            }
        }
        # The one status that Python has no words for.
        words = "Client Closed Request" if number == 499 else HTTPStatus(number).phrase
        return f"{words}: {json.dumps(error, ensure_ascii=False)}"
