"""
The buckets, topics and subscriptions of a deployment, made where they are missing.
"""

from localcloud.pipeline.deployment import Deployment
from localcloud.services import Services


def make_resources(services: Services, deployment: Deployment) -> None:
    """
    Make what the deployment keeps its things in; what is there stays as it is.
    """
    for name, settings in deployment.buckets.items():
        services.storage.store.create_bucket_if_absent(
            name, deployment.project, settings
        )
    for name, settings in deployment.topics.items():
        services.broker.create_topic_if_absent(name, **settings)
    for name, settings in deployment.subscriptions.items():
        services.broker.create_subscription_if_absent(name, **settings)
