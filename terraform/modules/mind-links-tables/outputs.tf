output "tables" {
  description = "What other modules need of each table, by its name without the environment: name, ARN, owning service, index names and ARNs, and the ARN of the parameter that holds its name."
  value = {
    for key, table in module.table : key => {
      name          = table.name
      arn           = table.arn
      service       = var.tables[key].service
      index_names   = table.global_secondary_index_names
      index_arns    = values(table.index_arns)
      parameter_arn = aws_ssm_parameter.table_name[key].arn
    }
  }
}

output "table_names" {
  description = "Names of all tables, by their name without the environment."
  value       = { for key, table in module.table : key => table.name }
}

output "table_arns" {
  description = "ARNs of all tables, by their name without the environment."
  value       = { for key, table in module.table : key => table.arn }
}

output "index_arns" {
  description = "ARNs of all indexes, by the table's name without the environment and by index name."
  value       = { for key, table in module.table : key => table.index_arns }
}

output "stream_arns" {
  description = "ARNs of the streams, by the table's name without the environment; tables without a stream are left out."
  value = {
    for key, table in var.tables : key => module.table[key].stream_arn
    if table.stream && var.streams_enabled
  }
}

output "parameter_names" {
  description = "Names of the parameters that hold the tables' names, by the table's name without the environment."
  value       = { for key, parameter in aws_ssm_parameter.table_name : key => parameter.name }
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the tables."
  value       = aws_kms_key.dynamodb.arn
}

output "kms_alias_name" {
  description = "Alias of the key that encrypts the tables."
  value       = aws_kms_alias.dynamodb.name
}
