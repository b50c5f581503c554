"""
The pages that are made from the code, whole or in their tables: what writes them.

    bad_input            docs/bad-input.md, from the cases that are tested
    simulated            docs/local-cloud/simulated.md, from what the services say
    terraform            the tables of terraform/README.md, from grants and variables
    costs                those of docs/costs.md, from the arithmetic in `benchmarks/`
    runbook              docs/runbook.md, from what Terraform gives to the alerts
    terraform_variables  the variables of `terraform/`, read
    marked_tables        tables between markers in a page that people write
    write                all of them: `make docs`
"""
