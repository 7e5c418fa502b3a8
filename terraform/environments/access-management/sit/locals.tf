# The functions are deployed by the services themselves. What this configuration has to know of them follows
# from their names, so that neither has to wait for the other.

data "aws_partition" "current" {}

locals {
  api_name = "${var.project_name}-${var.environment}-api"

  function_names = {
    for service in ["permission", "invitation", "team", "role", "authorizer", "audit"] :
    service => "${var.project_name}-${var.environment}-lambda-${service}"
  }

  function_arns = {
    for service, name in local.function_names :
    service => "arn:${data.aws_partition.current.partition}:lambda:${var.region}:${var.account_id}:function:${name}"
  }

  functions = {
    for service, name in local.function_names : service => {
      function_name = name
      invoke_arn    = "arn:${data.aws_partition.current.partition}:apigateway:${var.region}:lambda:path/2015-03-31/functions/${local.function_arns[service]}/invocations"
    }
  }
}
