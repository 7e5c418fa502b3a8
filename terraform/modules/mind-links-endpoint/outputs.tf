output "id" {
  description = "Id of the endpoint."
  value       = aws_vpc_endpoint.dynamodb.id
}

output "prefix_list_id" {
  description = "Id of the prefix list with DynamoDB's addresses, for security group rules."
  value       = aws_vpc_endpoint.dynamodb.prefix_list_id
}
