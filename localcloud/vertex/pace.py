"""
How long things take. Durations may be shortened; timestamps never lie.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """
    The durations of a job's life, by default those seen on the real service.

    Two live measurements anchor the defaults: about 90 s until a job runs and
    about 2 minutes for two lines; 70 to 80 minutes for large files.
    """

    pending_seconds: float = 90.0
    running_seconds: float = 110.0
    seconds_per_row: float = 0.02
    cancelling_seconds: float = 5.0
    queue_limit_seconds: float = 72 * 3600.0
    run_limit_seconds: float = 24 * 3600.0
    incremental_seconds: float = 600.0
    """
    Between two incremental files of a job that runs; nobody has measured it.
    """
    late_seconds: float = 60.0
    """
    After its end, until outputInfo is there that comes late.
    """
    minute_seconds: float = 60.0
    """
    The minute that quotas are counted by.
    """

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is negative: {getattr(self, name)}")

    def shortened_by(self, factor: float) -> "Pace":
        """
        The same life, `factor` times as fast, limits included.
        """
        if not factor > 0:
            raise ValueError(f"a factor is greater than 0, not {factor}")
        return Pace(**{name: getattr(self, name) / factor for name in self.__slots__})

    def running(self, rows: int) -> float:
        """
        Seconds that a job of so many rows is RUNNING.
        """
        return self.running_seconds + self.seconds_per_row * rows
