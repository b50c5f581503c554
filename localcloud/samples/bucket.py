"""
The bucket `cloud-samples-data`: what is in it, under the names that Google documents.
"""

from dataclasses import dataclass
from pathlib import Path

from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import NoSuchObjectError

BUCKET = "cloud-samples-data"
# Another project's: it is in no list of the local project's buckets.
PROJECT = "cloud-samples-stand-in"
STAND_IN = (
    "Made by the local cloud of dropbatch. Google's object of this name is another."
)

_FILES = Path(__file__).parent / "files"
_JSONL = "application/jsonl"


@dataclass(frozen=True, slots=True)
class Sample:
    """
    An object: its name is Google's, its bytes are a file of ours.
    """

    name: str
    file: str
    content_type: str


SAMPLES = (
    # docs.cloud.google.com, "Batch inference from Cloud Storage", and the samples
    # that it shows: GoogleCloudPlatform/python-docs-samples, genai/batch_prediction,
    # and the folders of that name for Go, Java and Node.js.
    Sample("batch/prompt_for_batch_gemini_predict.jsonl", "prompts.jsonl", _JSONL),
    # GoogleCloudPlatform/nodejs-docs-samples and java-docs-samples, of the JobService;
    # the notebook of GoogleCloudPlatform/generative-ai, gemini/batch-prediction.
    Sample(
        "generative-ai/batch/batch_requests_for_multimodal_input.jsonl",
        "pictures.jsonl",
        _JSONL,
    ),
    Sample(
        "generative-ai/batch/batch_requests_for_multimodal_input_2.jsonl",
        "pictures.jsonl",
        _JSONL,
    ),
    Sample(
        "generative-ai/batch/gemini_multimodal_batch_predict.jsonl",
        "three-media.jsonl",
        _JSONL,
    ),
    # What the rows above point at.
    Sample("generative-ai/audio/pixel.mp3", "reading.mp3", "audio/mpeg"),
    Sample("generative-ai/image/cricket.jpeg", "picture.jpg", "image/jpeg"),
    Sample("generative-ai/image/gardening-tools.jpeg", "picture.jpg", "image/jpeg"),
    Sample("generative-ai/image/office-desk.jpeg", "picture.jpg", "image/jpeg"),
    Sample("generative-ai/video/animals.mp4", "film.mp4", "video/mp4"),
)


def seed(store: Store) -> None:
    """
    Make the bucket and each object that is not there; touch none that is.
    """
    store.create_bucket_if_absent(BUCKET, PROJECT, {"location": "US"})
    for sample in SAMPLES:
        try:
            store.objects.get(BUCKET, sample.name, None)
        except NoSuchObjectError:
            store.insert_object(
                BUCKET,
                sample.name,
                (_FILES / sample.file).read_bytes(),
                content_type=sample.content_type,
                metadata={"stand-in": STAND_IN},
            )
