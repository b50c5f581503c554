# When the deployment and each of its routes began: what was dropped before is never
# looked for (docs/decisions/011). A route that is taken away and comes back begins anew.

resource "time_static" "began" {}

resource "time_static" "route_began" {
  for_each = toset(var.routes[*].prefix)

  triggers = { prefix = each.key }
}
