# The log groups of all functions, made before the functions, so that none comes into being without retention.
resource "aws_cloudwatch_log_group" "function" {
  for_each = var.function_names

  name              = "/aws/lambda/${each.value}"
  retention_in_days = var.log_retention_in_days

  tags = merge(
    local.common_tags,
    {
      Name    = "/aws/lambda/${each.value}"
      Service = each.key
    },
  )
}

resource "aws_cloudwatch_log_group" "api_access" {
  name              = local.access_log_group_name
  retention_in_days = var.log_retention_in_days

  tags = merge(
    local.common_tags,
    {
      Name = local.access_log_group_name
    },
  )
}
