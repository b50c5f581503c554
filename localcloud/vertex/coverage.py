"""
What the simulator does and no knob changes, and what it deliberately leaves out.

What can be otherwise is a knob, and described with it (`knobs.KNOBS`). A source begins
with its section of the facts about batch prediction that the simulator is held to.
"""

from localcloud.coverage import Covered, NotSimulated

_DOCS = "docs.cloud.google.com/gemini-enterprise-agent-platform"
_STORAGE = f"{_DOCS}: batch prediction from Cloud Storage"
_OVERVIEW = f"{_DOCS}: batch inference"
_QUOTAS = "docs.cloud.google.com/vertex-ai/docs/quotas"
_JOB_PROTO = "google/cloud/aiplatform/v1/batch_prediction_job.proto"
_SERVICE_PROTO = "google/cloud/aiplatform/v1/job_service.proto"
_STATE_PROTO = "google/cloud/aiplatform/v1/job_state.proto"
_IO_PROTO = "google/cloud/aiplatform/v1/io.proto"

COVERED = (
    Covered(
        "create, get, list, cancel and delete of batch prediction jobs, over gRPC and "
        "REST, in v1 and v1beta1, with the fields of each",
        "sure",
        f"D1; {_SERVICE_PROTO}",
    ),
    Covered(
        "each location is served by its own host: regions, `global`, `us`, `eu`",
        "sure",
        "D1; google-genai, google-cloud-aiplatform",
    ),
    Covered(
        "two equal creates make two jobs: there is no idempotency key",
        "sure",
        f"0.2; {_SERVICE_PROTO}",
    ),
    Covered(
        "a create answers PENDING, whatever bucket and input it names; what is wrong "
        "with them fails the job later",
        "likely",
        "D3; live captures",
    ),
    Covered(
        "a job's name has the project's number and an id of 19 digits",
        "sure",
        "C2; google-genai's tests",
    ),
    Covered(
        "the resource's fields, their order and times, and int64 as text",
        "sure",
        f"C2; {_STORAGE}",
    ),
    Covered(
        "a field of the wrong type, an unknown one or a second one of a choice is a "
        "400 that names it",
        "sure",
        "D1; google.rpc.BadRequest",
    ),
    Covered(
        "labels, display names and models are checked on create; a model that isn't "
        "there is a 404",
        "sure",
        f"D2, D3; {_JOB_PROTO}",
    ),
    Covered(
        "a project that isn't there, and a deployment's own account without the "
        "permission, get a 403 that names the permission",
        "likely",
        "D3; live captures",
    ),
    Covered(
        "PENDING, RUNNING, then an end; a job that waits 72 hours is EXPIRED, one that "
        "runs 24 hours is cut off with the rows it has",
        "sure",
        f"A3, C1; {_OVERVIEW}, {_STATE_PROTO}",
    ),
    Covered(
        "200,000 rows and 1 GB of input; one more fails the job",
        "sure",
        f"A3; {_OVERVIEW}",
    ),
    Covered(
        "`request` with fields in either spelling, and any keys beside it, which come "
        "back with the answer",
        "sure",
        f"A1; {_STORAGE}",
    ),
    Covered(
        "several input files, and `*` in their names",
        "likely",
        f"A1; {_IO_PROTO}; but the page on Cloud Storage has one file",
    ),
    Covered(
        "one inferred type a JSON path over all input; an empty struct, a bad field "
        "name, a list in a list or too deep a nesting fails the job in the importer's "
        "words",
        "likely",
        "A1; live captures",
    ),
    Covered(
        "output in prediction-model-<createTime>/predictions.jsonl, the time with "
        "microseconds",
        "sure",
        "B1; live captures, LiteLLM",
    ),
    Covered(
        "jobs of one microsecond and one prefix share a folder",
        "likely",
        "B1; live captures",
    ),
    Covered(
        "success lines with status, processed_time, request and response; usage and "
        "finish reasons",
        "sure",
        f"B2; {_STORAGE}",
    ),
    Covered(
        "failed rows stand among the others, with an HTTP reason and an error in "
        "their status, and fail no job",
        "sure",
        f"B4; {_STORAGE}",
    ),
    Covered(
        "files in requests are looked up in storage, as the service agent; a row whose "
        "file can't be read fails",
        "sure",
        f"A1; {_STORAGE}",
    ),
    Covered(
        "a cancel is asynchronous: a job that runs keeps and writes the rows done by "
        "then",
        "sure",
        f"C4; {_SERVICE_PROTO}",
    ),
    Covered(
        "a cancel of a job that has ended, and a delete of one that has not, is a 400 "
        "FAILED_PRECONDITION",
        "likely",
        "C4; live captures, Google's own tests",
    ),
    Covered(
        "a delete is an operation that can be got, and leaves the output",
        "sure",
        f"C4; {_SERVICE_PROTO}",
    ),
    Covered(
        "filters of lists: display_name, model_display_name, state, create_time, "
        "labels; AND, OR, NOT, parentheses, `:` with `*`",
        "sure",
        f"C5; {_SERVICE_PROTO}",
    ),
    Covered(
        "pages of lists and read masks; an empty list is an empty object",
        "sure",
        f"C5; {_SERVICE_PROTO}",
    ),
    Covered(
        "what counts as a submission (create, delete) and what as anything else, and "
        "the words of a 429",
        "likely",
        f"C5; {_QUOTAS} has the two quotas, others report the rest",
    ),
    Covered(
        "no event tells of a job's end",
        "sure",
        "0.10; Google's notebook on monitoring batch prediction",
    ),
)

NOT_SIMULATED = (
    NotSimulated(
        "BigQuery as input or output (A2, B5)",
        "no BigQuery is here; such a create is a 400 that says so",
    ),
    NotSimulated(
        "lines of embedding, Anthropic, Llama and other models (A4)",
        "only generateContent lines are answered; their models are a 404",
    ),
    NotSimulated(
        "generateContent and other calls that answer at once",
        "they are not batch prediction; the answer is 501 UNIMPLEMENTED",
    ),
    NotSimulated(
        "multimodal datasets as input or output (A1)",
        "there is no dataset service; such a create is a 400 that says so",
    ),
    NotSimulated(
        "which models and locations there are (A3, D1)",
        "any name of a Gemini model is taken but those of the knob `missing_models`, "
        "and any location but those of `forbidden_locations`: a misspelt one is a 404 "
        "on Google Cloud alone",
    ),
    NotSimulated(
        "training and registering tuned models (D2)",
        "any name of one that fits the location is taken, and answers as Gemini does",
    ),
    NotSimulated(
        "batches on endpoints and unmanaged containers (D2)",
        "they are no Gemini batches; refused as unsupported",
    ),
    NotSimulated(
        "customer-managed keys, custom service accounts, VPC Service Controls (D2)",
        "Gemini batches don't support them; refused as unsupported",
    ),
    NotSimulated(
        "what a model would say",
        "answers fit the request's schema and say that they are simulated",
    ),
    NotSimulated(
        "real token counts and prices (A3, B2)",
        "tokens are estimated from the length of text and the size of media",
    ),
    NotSimulated(
        "reading media: types, pixels, length (A1)",
        "only whether a file is there and may be read is looked at",
    ),
    NotSimulated(
        "which regions a bucket may be in (A3)",
        "no rule is known for Gemini; every bucket will do",
    ),
    NotSimulated(
        "the shared pool's load (A3)",
        "a job waits as long as it is told, however many there are",
    ),
    NotSimulated(
        "organization policies but for locations (D3)",
        "`forbidden_locations` stands for gcp.resourceLocations",
    ),
    NotSimulated(
        "audit logs and metrics",
        "nothing on this machine would read them",
    ),
    NotSimulated(
        "listing, cancelling and deleting operations (C4)",
        "a deletion's operation is done when it is told of; it can be got and waited "
        "for",
    ),
)
