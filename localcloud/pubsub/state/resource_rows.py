"""
Topics, subscriptions and policies as they are kept: the message that says each.
"""

from collections.abc import Iterator

from localcloud.pubsub.state.database import Database


class ResourceRows:
    """
    One row for each topic and each subscription.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def topics(self) -> Iterator[bytes]:
        rows = self._database.connection.execute("SELECT body FROM topic ORDER BY name")
        for (body,) in rows:
            yield body

    def put_topic(self, name: str, body: bytes) -> None:
        self._database.connection.execute(
            "REPLACE INTO topic VALUES (?, ?)", (name, body)
        )

    def delete_topic(self, name: str) -> None:
        with self._database.writing() as rows:
            rows.execute("DELETE FROM topic WHERE name = ?", (name,))
            rows.execute("DELETE FROM policy WHERE resource = ?", (name,))

    def subscriptions(self) -> Iterator[tuple[int, bytes]]:
        yield from self._database.connection.execute(
            "SELECT id, body FROM subscription ORDER BY name"
        )

    def add_subscription(self, name: str, body: bytes) -> int:
        added = self._database.connection.execute(
            "INSERT INTO subscription (name, body) VALUES (?, ?)", (name, body)
        )
        return int(added.lastrowid or 0)

    def put_subscription(self, number: int, body: bytes) -> None:
        self._database.connection.execute(
            "UPDATE subscription SET body = ? WHERE id = ?", (body, number)
        )

    def delete_subscription(self, number: int) -> None:
        with self._database.writing() as rows:
            rows.execute(
                "DELETE FROM policy WHERE resource = "
                "(SELECT name FROM subscription WHERE id = ?)",
                (number,),
            )
            rows.execute("DELETE FROM subscription WHERE id = ?", (number,))

    def policy(self, resource: str) -> bytes:
        found = self._database.connection.execute(
            "SELECT body FROM policy WHERE resource = ?", (resource,)
        ).fetchone()
        return bytes(found[0]) if found else b""

    def put_policy(self, resource: str, body: bytes) -> None:
        self._database.connection.execute(
            "REPLACE INTO policy VALUES (?, ?)", (resource, body)
        )
