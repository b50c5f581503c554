"""
The calls of Google's sample for Gemini batch with Cloud Storage, in its order.

Stands for `genai/batch_prediction/batchpredict_with_gcs.py`, and then
`get_batch_job.py`, of GoogleCloudPlatform/python-docs-samples, which the page "Batch
inference from Cloud Storage" prints: a client made of the variables that the page
sets, the public input, the model, and a loop over the sample's own set of completed
states. What the sample leaves to the reader is an argument: `genai_sample.py
OUTPUT_URI`; and the loop waits a moment where the sample waits 30 seconds.
"""

import json
import sys
import time

from google import genai
from google.genai.types import CreateBatchJobConfig, HttpOptions, JobState

(output_uri,) = sys.argv[1:]
client = genai.Client(http_options=HttpOptions(api_version="v1"))
job = client.batches.create(
    model="gemini-2.5-flash",
    src="gs://cloud-samples-data/batch/prompt_for_batch_gemini_predict.jsonl",
    config=CreateBatchJobConfig(dest=output_uri),
)
states = [job.state]
completed = {
    JobState.JOB_STATE_SUCCEEDED,
    JobState.JOB_STATE_FAILED,
    JobState.JOB_STATE_CANCELLED,
    JobState.JOB_STATE_PAUSED,
}
while job.state not in completed:
    time.sleep(0.2)
    assert job.name is not None
    job = client.batches.get(name=job.name)
    states.append(job.state)

assert job.name is not None
other = genai.Client(http_options=HttpOptions(api_version="v1"))
again = other.batches.get(name=job.name)
print(
    json.dumps(
        {
            "states": [state and state.value for state in states],
            "again": again.state and again.state.value,
            "folder": job.output_info and job.output_info.gcs_output_directory,
            "error": job.error and [job.error.code, job.error.message],
        }
    )
)
