"""Single mistakes in the reference estate: what is changed, which rule must see it, and where.

`old` occurs exactly once in the file (behind `inside`, when that is given). The place that must be reported is the
line of `new`; when something is deleted it is the line of `at`, or, with `at` None, an expression or block that holds
the place of the deletion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

AM = "modules/dynamodb-access-management"
SB = "modules/dynamodb-site-builder"
TABLE = "modules/dynamodb-table"
ENVIRONMENTS = ("dev", "sit", "prod")


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    rule: str
    inside: str = ""
    at: str | None = None
    deletes: bool = False
    also: tuple[str, ...] = ()
    """Further rules that are right about it, in one environment or another."""
    elsewhere: tuple[str, ...] = ()
    """Rules that speak of what follows from it, at another place: a variable is unread, a name no longer known."""


def attribute(name: str) -> str:
    return f'  attribute {{\n    name = "{name}"\n    type = "S"\n  }}\n\n'


def _pitr() -> list[Mutant]:
    rule = "DDB101"
    found = [
        Mutant("literal", f"{AM}/main.tf", "= var.enable_pitr\n    recovery", "= false\n    recovery", rule),
        Mutant("default", f"{SB}/variables.tf", "default     = true", "default     = false", rule, "point_in_time"),
        Mutant("argument", f"{SB}/main.tf", "= var.point_in_time_recovery_enabled", "= false", rule),
        Mutant("table", f"{TABLE}/main.tf", "= var.point_in_time_recovery_enabled\n", "= false\n", rule),
        Mutant(
            "block-gone",
            f"{AM}/main.tf",
            "  point_in_time_recovery {\n    enabled                 = var.enable_pitr\n"
            "    recovery_period_in_days = var.enable_pitr ? 35 : null\n  }\n",
            "",
            rule,
            at='resource "aws_dynamodb_table" "access_management" {',
            deletes=True,
        ),
    ]
    for environment in ENVIRONMENTS:
        root = f"environments/access-management/{environment}"
        tfvars, main = f"{root}/terraform.tfvars", f"{root}/main.tf"
        also = ("DDB107",) if environment == "prod" else ()  # there the replica has it from the same variable
        found.append(
            Mutant(
                f"tfvars-{environment}",
                tfvars,
                "pitr_enabled                = true",
                "pitr_enabled = false",
                rule,
                also=also,
            )
        )
        call = Mutant(f"call-{environment}", main, "= var.pitr_enabled", "= false", rule, also=also)
        found.append(replace(call, elsewhere=("TF610",)))
    return found


def _billing() -> list[Mutant]:
    rule, literal = "DDB102", '"PAY_PER_REQUEST"'
    found = [
        Mutant("literal", f"{AM}/main.tf", literal, '"PROVISIONED"', rule),
        Mutant("default", f"{TABLE}/variables.tf", f"default     = {literal}", 'default     = "PROVISIONED"', rule),
        Mutant("table", f"{TABLE}/main.tf", "= var.billing_mode\n", '= "PROVISIONED"\n', rule),
        Mutant(
            "argument",
            f"{SB}/main.tf",
            '  table_class                    = "STANDARD"',
            '  billing_mode                   = "PROVISIONED"',
            rule,
        ),
        Mutant(
            "gone",
            f"{AM}/main.tf",
            f"  billing_mode                = {literal}\n",
            "",
            rule,
            at='resource "aws_dynamodb_table" "access_management" {',
            deletes=True,
        ),
    ]
    # Capacities are needed then, and nothing gives them.
    return [replace(mutant, elsewhere=("TF604",)) for mutant in found]


def _keys() -> list[Mutant]:
    main = f"{AM}/main.tf"
    found = [
        Mutant(
            f"undeclared-{key}",
            main,
            attribute(key),
            "",
            "DDB201",
            at=f'{"hash" if key.endswith("PK") else "range"}_key{" " * (8 if key.endswith("PK") else 7)}= "{key}"',
            deletes=True,
        )
        for key in (f"GSI{n}{part}" for n in range(1, 6) for part in ("PK", "SK"))
    ]
    found += [
        Mutant(
            "undeclared-PK",
            main,
            attribute("PK"),
            "",
            "DDB201",
            at='  hash_key                    = "PK"',
            deletes=True,
        ),
        Mutant(
            "undeclared-SK",
            main,
            attribute("SK"),
            "",
            "DDB201",
            at='  range_key                   = "SK"',
            deletes=True,
        ),
        Mutant(
            "unused", main, attribute("PK"), attribute("PK") + attribute("expiresAt"), "DDB202", at='name = "expiresAt"'
        ),
        Mutant("twice", main, attribute("SK"), attribute("SK") + attribute("PK"), "DDB204", at=None),
        Mutant(
            "type",
            main,
            'name = "GSI2SK"\n    type = "S"',
            'name = "GSI2SK"\n    type = "BOOL"',
            "DDB203",
            at='type = "BOOL"',
            also=("TF604",),
        ),
        Mutant(
            "type-lower",
            main,
            'name = "PK"\n    type = "S"',
            'name = "PK"\n    type = "s"',
            "DDB203",
            at='type = "s"',
            also=("TF604",),
        ),
        Mutant("index-twice", f"{AM}/locals.tf", '-gsi2"', '-gsi1"', "DDB205", at="    gsi2 =", elsewhere=("IAM510",)),
    ]
    return found


def _names() -> list[Mutant]:
    found = [
        Mutant("local", f"{AM}/locals.tf", "-ddb-access-management", "-ddb-access-mgmt", "DDB401"),
        Mutant("order", f"{SB}/main.tf", "-${entity}-${var.environment}", "-${var.environment}-${entity}", "DDB401"),
        Mutant("default", f"{SB}/variables.tf", '"bbws"', '"bbwx"', "DDB401"),
        Mutant("index-local", f"{AM}/locals.tf", '-gsi3"', '-idx3"', "DDB402"),
        Mutant("index-key", f"{SB}/tables.tf", "domain-index = {", "domain-idx = {", "DDB402"),
    ]
    for environment in ENVIRONMENTS:
        tfvars = f"environments/access-management/{environment}/terraform.tfvars"
        found.append(Mutant(f"tfvars-{environment}", tfvars, '"bbws-access"', '"bbws-axs"', "DDB401", also=("DDB406",)))
    return found


def _tags() -> list[Mutant]:
    locals_ = f"{AM}/locals.tf"
    wrong = {
        "Project": ('"BBWS"', '"BBWSX"'),
        "Component": ('"AccessManagement"', '"Access"'),
        "CostCenter": ('"BBWS-ACCESS"', '"BBWS"'),
        "Environment": ("var.environment", '"qa"'),
        "ManagedBy": ('"Terraform"', '"Console"'),
        "Module": ('"dynamodb-access-management"', '"dynamodb"'),
    }
    found: list[Mutant] = []
    for key, (value, other) in wrong.items():
        line = f"      {key:<11} = {value}\n"
        found.append(Mutant(f"missing-{key}", locals_, line, "", "DDB403", deletes=True))
        found.append(Mutant(f"wrong-{key}", locals_, line, line.replace(value, other), "DDB404"))
    found.append(
        Mutant("missing-Name", f"{SB}/iam.tf", "      Name = local.lambda_policy_name\n", "", "DDB403", deletes=True)
    )
    for environment in ENVIRONMENTS:
        root = f"environments/site-builder/{environment}"
        providers, tfvars = f"{root}/providers.tf", f"{root}/terraform.tfvars"
        line, wrong_line = '      ManagedBy   = "Terraform"\n', '      ManagedBy   = "me"\n'
        owner = '  CostCenter = "BBWS-SITE-BUILDER"'
        found.append(Mutant(f"default-gone-{environment}", providers, line, "", "DDB403", deletes=True))
        found.append(Mutant(f"default-wrong-{environment}", providers, line, wrong_line, "DDB404"))
        found.append(Mutant(f"tfvars-{environment}", tfvars, owner, '  ManagedBy = "nobody"', "DDB404"))
    return found


def _access() -> list[Mutant]:
    arn = "aws_dynamodb_table.access_management.arn"
    iam, site = f"{AM}/iam.tf", f"{SB}/iam.tf"
    rest = ",\n    ]\n  }\n\n  dynamic"
    return [
        Mutant("index-literal", iam, f'"${{{arn}}}/index/*"{rest}', f"{arn}{rest}", "IAM501"),
        Mutant(
            "index-argument",
            site,
            "resources = local.all_index_arns",
            "resources = local.table_arns",
            "IAM501",
            elsewhere=("IAM510",),
        ),
        Mutant("index-output", f"{TABLE}/outputs.tf", "}/index/*", "}", "IAM501", elsewhere=("IAM510",)),
        Mutant("delete-all", iam, '"dynamodb:DeleteItem"', '"dynamodb:Delete*"', "IAM503"),
        Mutant("put-all", iam, '"dynamodb:PutItem"', '"dynamodb:Put*"', "IAM503"),
        Mutant("site-delete-all", site, '"dynamodb:DeleteItem"', '"dynamodb:Delete*"', "IAM503"),
        Mutant(
            "everything",
            iam,
            f"      {arn},\n    ]\n  }}\n\n  statement",
            '      "*",\n    ]\n  }\n\n  statement',
            "IAM504",
        ),
        Mutant("site-everything", site, "resources = local.table_arns", 'resources = ["*"]', "IAM504"),
        Mutant("site-local", site, "[for table in values(module.table) : table.arn]", '["*"]', "IAM504"),
    ]


def _modules() -> list[Mutant]:
    main, stream = f"{AM}/main.tf", "  # Expires invitation tokens"
    return [
        Mutant(
            "stream-block",
            main,
            stream,
            '  dynamic "stream_specification" {\n    for_each = [1]\n    content {\n'
            "      stream_enabled = true\n    }\n  }\n\n" + stream,
            "TF601",
            at='dynamic "stream_specification" {',
        ),
        Mutant(
            "kms_key_id",
            main,
            "    enabled = var.enable_server_side_encryption\n",
            "    enabled = var.enable_server_side_encryption\n    kms_key_id = null\n",
            "TF601",
            at="    kms_key_id = null",
        ),
        Mutant(
            "call-argument",
            "environments/site-builder/dev/main.tf",
            "  encryption ",
            "  encrypton ",
            "TF601",
        ),
        Mutant(
            "projection-gone",
            main,
            '    range_key       = "GSI4SK"\n    projection_type = "ALL"\n',
            '    range_key       = "GSI4SK"\n',
            "TF602",
            deletes=True,
            at="global_secondary_index {",
        ),
        Mutant(
            "policy-name",
            f"{AM}/iam.tf",
            "= local.lambda_policy_name\n  description",
            "= local.lambda_policy_nam\n  description",
            "TF603",
            elsewhere=("DDB405", "DDB406"),
        ),
        Mutant(
            "description",
            f"{SB}/iam.tf",
            '"Item access of the site builder\'s Lambda functions to its DynamoDB tables."',
            "local.descripton",
            "TF603",
        ),
    ]


GROUPS = {
    "pitr": _pitr(),
    "billing": _billing(),
    "keys": _keys(),
    "names": _names(),
    "tags": _tags(),
    "access": _access(),
    "modules": _modules(),
}
MUTANTS = {f"{group}-{mutant.name}": mutant for group, mutants in GROUPS.items() for mutant in mutants}
