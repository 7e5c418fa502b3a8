variable "keys" { type = map(string) }

module "table" {
  source = "../table"
  name   = "inflow-outer"
  key    = var.keys["only"]
}
