"""
All topics: made, changed, deleted, and found by name.
"""

from collections.abc import Iterator, Sequence

from localcloud.pubsub.refusals import already_exists, not_found
from localcloud.pubsub.resources.names import check_topic
from localcloud.pubsub.resources.topics import changed_topic, new_topic
from localcloud.pubsub.state.database import Database
from localcloud.pubsub.state.resource_rows import ResourceRows
from localcloud.pubsub.wire import Topic, TopicPb


class Topics:
    """
    The topics as they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._rows = ResourceRows(database)
        self._topics: dict[str, TopicPb] = {}
        for body in self._rows.topics():
            topic = Topic.FromString(body)
            self._topics[topic.name] = topic

    def __iter__(self) -> Iterator[TopicPb]:
        return iter(self._topics.values())

    def __contains__(self, name: str) -> bool:
        return name in self._topics

    def create(self, given: TopicPb) -> TopicPb:
        topic = new_topic(given)
        if topic.name in self._topics:
            raise already_exists(topic.name)
        return self._keep(topic)

    def find(self, name: str) -> TopicPb:
        found = self._topics.get(check_topic(name))
        if found is None:
            raise not_found(name)
        return found

    def of_project(self, project: str) -> list[TopicPb]:
        return [
            self._topics[name]
            for name in sorted(self._topics)
            if name.startswith(f"{project}/")
        ]

    def update(self, given: TopicPb, paths: Sequence[str]) -> TopicPb:
        return self._keep(changed_topic(self.find(given.name), given, paths))

    def delete(self, name: str) -> None:
        self._rows.delete_topic(self.find(name).name)
        del self._topics[name]

    def _keep(self, topic: TopicPb) -> TopicPb:
        self._rows.put_topic(topic.name, topic.SerializeToString())
        self._topics[topic.name] = topic
        return topic
