resource "aws_iam_role" "service" {
  for_each = local.services

  name                 = local.role_names[each.key]
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn

  tags = merge(
    local.common_tags,
    {
      Name    = local.role_names[each.key]
      Service = each.key
    },
  )
}

# Inline: a service's policy belongs to its role alone, and goes with it.
resource "aws_iam_role_policy" "service" {
  for_each = local.services

  name   = "service-access"
  role   = aws_iam_role.service[each.key].id
  policy = data.aws_iam_policy_document.service[each.key].json
}
