"""How long Cloud Storage is asked again."""

from google.cloud.storage.retry import DEFAULT_RETRY

# By default a call is repeated for two minutes, with up to one between: a tick would
# wait for one object, and most of it would be sleep.
PATIENCE_SECONDS = 30
RETRY = DEFAULT_RETRY.with_delay(maximum=8).with_timeout(PATIENCE_SECONDS)
