"""A deployment over a Cloud Storage as it really is."""

from shared.drops import Drop
from tests.fakes import FakeCloud
from tests.properties.holding import watch
from tests.properties.world import World
from tests.storage_weather import Weather, weather_over


class StormyWorld(World):
    """
    A deployment under a weather, in which `submit_job` may not list records, as it is
    granted.
    """

    # Something befalls most of them, and so they come every minute, for days.
    MOST_ROUNDS = 5000

    @classmethod
    def under(cls, weather: Weather) -> "StormyWorld":
        cloud = FakeCloud(weather)
        watch(cloud)
        weather_over(cloud, weather)
        cloud.batches.lag_seconds = cloud.settings.settle_seconds / 2
        return cls(cloud)

    def bring(self, drop: Drop) -> bool:
        objects = self.cloud.objects
        listed, objects.unlisted = objects.unlisted, {"state"}
        try:
            return super().bring(drop)
        finally:
            objects.unlisted = listed
