# API Gateway holds a path as a chain of resources, and a resource cannot refer to its own kind within one
# block: there is one block per level.

locals {
  paths = distinct(flatten([
    for path in keys(local.routes) : [
      for end in range(1, length(split("/", path))) : join("/", slice(split("/", path), 0, end + 1))
    ]
  ]))

  levels = {
    for level in range(1, 7) : level => {
      for path in local.paths : path => {
        parent = join("/", slice(split("/", path), 0, level))
        part   = split("/", path)[level]
      } if length(split("/", path)) == level + 1
    }
  }

  resource_ids = merge(
    { for path, resource in aws_api_gateway_resource.level_1 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_2 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_3 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_4 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_5 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_6 : path => resource.id },
  )
}

resource "aws_api_gateway_resource" "level_1" {
  for_each = local.levels[1]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_2" {
  for_each = local.levels[2]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_1[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_3" {
  for_each = local.levels[3]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_2[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_4" {
  for_each = local.levels[4]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_3[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_5" {
  for_each = local.levels[5]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_4[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_6" {
  for_each = local.levels[6]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_5[each.value.parent].id
  path_part   = each.value.part
}
