locals {
  repository = "${path.module}/.."

  # What ships is listed, not what is left out: of these folders their Python, and
  # nothing of what tools hide there.
  source_files = setunion(
    ["main.py", "requirements.txt"],
    [
      for file in fileset(local.repository, "{functions,shared}/**/*.py") :
      file if !strcontains(file, "/.")
    ],
  )
}

# The same files give the same bytes, on any machine and day.
data "archive_file" "source" {
  type             = "zip"
  output_path      = "${path.root}/.build/${var.name}-source.zip"
  output_file_mode = "0644"

  dynamic "source" {
    for_each = local.source_files

    content {
      filename = source.value
      content  = file("${local.repository}/${source.value}")
    }
  }
}

# Named by its content, so that the functions are deployed again exactly when the code
# that they run has changed.
resource "google_storage_bucket_object" "source" {
  bucket = google_storage_bucket.bucket["source"].name
  name   = "source-${data.archive_file.source.output_sha256}.zip"
  source = data.archive_file.source.output_path
}
