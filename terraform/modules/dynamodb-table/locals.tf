locals {
  table_key_attributes = compact([
    var.hash_key,
    var.range_key,
  ])

  global_index_key_attributes = flatten([
    for index in values(var.global_secondary_indexes) : compact([
      index.hash_key,
      index.range_key,
    ])
  ])

  local_index_key_attributes = [
    for index in values(var.local_secondary_indexes) : index.range_key
  ]

  # DynamoDB wants a definition of every key attribute and refuses one of any other attribute.
  key_attributes = distinct(concat(
    local.table_key_attributes,
    local.global_index_key_attributes,
    local.local_index_key_attributes,
  ))

  attribute_types = {
    for attribute in local.key_attributes : attribute => lookup(var.key_types, attribute, "S")
  }

  index_names = concat(
    keys(var.global_secondary_indexes),
    keys(var.local_secondary_indexes),
  )

  tags = merge(
    var.tags,
    {
      Name = var.name
    },
  )
}
