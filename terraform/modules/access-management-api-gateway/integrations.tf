resource "aws_api_gateway_method" "route" {
  for_each = local.methods

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.value.path]
  http_method   = each.value.method
  authorization = local.authorizers[each.value.authorizer].type
  authorizer_id = local.authorizers[each.value.authorizer].id

  request_parameters = {
    for parameter in each.value.parameters : "method.request.path.${parameter}" => true
  }
}

# Lambda is invoked by POST, whatever the method of the request.
resource "aws_api_gateway_integration" "route" {
  for_each = local.methods

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_method.route[each.key].resource_id
  http_method             = aws_api_gateway_method.route[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.functions[each.value.service].invoke_arn
  timeout_milliseconds    = var.integration_timeout_in_milliseconds
}

# One permission per route: this stage, this method, this path. A path parameter is a "*" in the ARN.
resource "aws_lambda_permission" "route" {
  for_each = var.functions_deployed ? local.methods : {}

  statement_id  = "api-${lower(each.value.method)}-${substr(sha1(each.value.path), 0, 12)}"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.value.service].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn = join("", [
    aws_api_gateway_rest_api.this.execution_arn,
    "/${var.stage_name}/${each.value.method}",
    replace(each.value.path, "/\\{[^}]+\\}/", "*"),
  ])
}

resource "aws_lambda_permission" "authorizer" {
  count = var.functions_deployed ? 1 : 0

  statement_id  = "api-authorizer"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[local.authorizer_service].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/authorizers/${aws_api_gateway_authorizer.lambda.id}"
}
