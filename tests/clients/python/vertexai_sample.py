"""
The calls of Google's older samples for Gemini batch with Cloud Storage.

First those of `generative_ai/batch_predict/gemini_batch_predict_gcs.py` of
GoogleCloudPlatform/python-docs-samples, with the class of `vertexai` and the model
that it names; then those of the sample for `aiplatform.BatchPredictionJob.create`
beside it.
"""

import time

import vertexai
from google.cloud import aiplatform
from vertexai.batch_prediction import BatchPredictionJob

INPUT_URI = "gs://cloud-samples-data/batch/prompt_for_batch_gemini_predict.jsonl"


def older_samples(project: str, output_uri: str) -> dict[str, object]:
    """
    Make the calls, with a moment's wait where the sample waits five seconds; return
    what the samples print.
    """
    vertexai.init(project=project, location="us-central1")
    job = BatchPredictionJob.submit(
        source_model="gemini-1.5-flash-002",
        input_dataset=INPUT_URI,
        output_uri_prefix=output_uri,
    )
    told: dict[str, object] = {"model": job.model_name, "created": job.state.name}
    while not job.has_ended:
        time.sleep(0.2)
        job.refresh()
    told |= {"succeeded": job.has_succeeded, "folder": job.output_location}

    aiplatform.init(project=project, location="us-central1")
    older = aiplatform.BatchPredictionJob.create(
        model_name=f"projects/{project}/locations/us-central1/publishers/google/models/"
        "gemini-1.5-flash-002",
        job_display_name="Batch predict with Gemini - GCS",
        gcs_source=INPUT_URI,
        gcs_destination_prefix=output_uri,
    )
    told["older state"] = older.state.name
    assert older.output_info is not None
    told["older folder"] = older.output_info.gcs_output_directory
    return told
