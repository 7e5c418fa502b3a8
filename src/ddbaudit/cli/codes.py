"""What the codes of diagnostics mean: a title, and a paragraph on what happened and what to do."""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, tuple[str, str]]] = {
    "HCL001": (
        "Invalid syntax",
        "The text is not HCL at this place. Terraform refuses the file too. The block or argument around the place is "
        "left out, everything that may depend on it is unknown, and the run is incomplete. Correct the file; "
        "`terraform fmt` finds the same place.",
    ),
    "HCL002": (
        "Attribute set twice",
        "An argument stands twice in one body. Terraform refuses it, because it cannot tell which one is meant. Remove "
        "one of the two; both places are shown.",
    ),
    "HCL003": (
        "Input exceeds a limit of the parser",
        "The file is larger, longer or nested deeper than any real configuration. It is not read any further, so that "
        "no input can exhaust the machine, and the run is incomplete. Split the file or the expression.",
    ),
    "HCL004": (
        "Invalid character",
        "A character stands here that HCL has no use for, such as a typographic quote, a NUL or an invisible space. It "
        "usually comes from copying out of a document. Write it again on the keyboard.",
    ),
    "HCL005": (
        "Opened but never closed",
        "A brace, bracket, quote, heredoc or comment begins here and does not end. The place is that of the opening; "
        "the mistake may be further down.",
    ),
    "HCL006": (
        "Invalid escape sequence",
        r"After a backslash in a quoted string HCL knows \n, \r, \t, \", \\, \uXXXX and \UXXXXXXXX only. Write \\ for "
        "a backslash; $${ and %%{ stand for ${ and %{.",
    ),
    "HCL007": (
        "Invalid number",
        "This begins like a number and is none, or it has more digits than are read. HCL knows decimal numbers with an "
        "optional fraction and exponent.",
    ),
    "HCL010": (
        "File is not UTF-8",
        "HCL is UTF-8 and nothing else. Files of other encodings (Latin-1, UTF-16 as PowerShell's `>` writes it) would "
        "be read as other names than those meant, so they are not read at all. Save the file as UTF-8; a byte order "
        "mark is fine.",
    ),
    "HCL101": (
        "python-hcl2 rejects the file",
        "The second parser was asked for (`--parser python-hcl2` or `--cross-check`) and does not read this as "
        "Terraform does. Without the flag the parser of our own reads the file.",
    ),
    "HCL102": (
        "Native parser rejected, python-hcl2 accepted",
        "The parser of our own found an error that python-hcl2 did not. The tree of the latter is judged, and the run "
        "counts as incomplete: one of the two is wrong, and `terraform validate` says which. If Terraform accepts the "
        "file, please report it; `--parser python-hcl2` reads it meanwhile.",
    ),
    "HCL103": (
        "Parsers disagree",
        "Under `--cross-check` both parsers read every file and must agree on each expression. Here they do not, so "
        "the file counts as incomplete. Most disagreements are known gaps of python-hcl2 and are named as such.",
    ),
    "HCL104": (
        "No second opinion",
        "The parser of our own found errors, and python-hcl2 could not be asked for a second opinion, usually because "
        "another package has installed itself under its import name. The errors stand as they are.",
    ),
    "HCL201": (
        "Invalid JSON",
        "A `.tf.json` or `.tfvars.json` file is not JSON at this place. NaN, comments, trailing commas and text behind "
        "the end are refused as Terraform refuses them.",
    ),
    "HCL202": (
        "JSON property set twice",
        "A property stands twice in one JSON object. Most readers silently take the last one, which can hide a whole "
        "resource; here it is an error. Remove one of the two.",
    ),
    "HCL203": (
        "Wrong kind of JSON value",
        "Terraform's JSON syntax expects another kind of value here, such as an object where a block stands. See "
        "https://developer.hashicorp.com/terraform/language/syntax/json.",
    ),
    "HCL204": (
        "Unknown block type",
        "A property at the top level of a `.tf.json` file is no block type that Terraform knows. Nothing in it is "
        "judged, so the run is incomplete. Correct the name.",
    ),
    "HCL301": (
        "Unsupported argument",
        "An argument stands at the top level of a file, where only blocks may stand. It usually belongs into the block "
        "above it or into a `.tfvars` file.",
    ),
    "HCL302": (
        "Unsupported block type",
        "Terraform knows no block of this type at the top level of a file. Nothing in it is judged, so the run is "
        "incomplete. Correct the name.",
    ),
    "HCL303": (
        "Wrong number of labels",
        "A block has more or fewer labels than its type needs: `resource` and `data` have two (type and name), "
        "`variable`, `output`, `module` and `provider` one, `locals` and `terraform` none.",
    ),
    "HCL304": (
        "Override without base",
        "A file called `override.tf` or `*_override.tf` is merged into the blocks of the other files. This block has "
        "nothing to be merged with. Correct its labels, or move it to an ordinary file.",
    ),
    "HCL305": (
        "Declared twice",
        "Two blocks of one module declare the same thing. Terraform refuses it. Rename or remove one of the two; "
        "both places are shown.",
    ),
    "EVAL001": (
        "Invalid expression",
        "Terraform would stop at this expression: a function refuses its arguments, a name is not declared, a value "
        "has the wrong type, or names depend on each other in a circle. What needs its value is unknown.",
    ),
    "EVAL002": (
        "Nesting too deep",
        "Modules or values of this root are nested deeper than can be evaluated. No real configuration comes near; "
        "usually a module calls itself. Nothing of the root is judged, so the run is incomplete.",
    ),
    "MOD001": (
        "Module not available",
        "A called module is not on this machine, so its tables and policies cannot be judged and the run is "
        "incomplete. Nothing is ever downloaded here: run `terraform init` first, or correct the path. "
        "`--allow-missing-module GLOB` accepts the gap by the module's address or source, and every report says so.",
    ),
    "VAR001": (
        "Block in a variable file",
        "A `.tfvars` file holds values, as `name = value`. A block in it is refused by Terraform; it usually belongs "
        "into a `.tf` file.",
    ),
    "VAR002": (
        "Value for an undeclared variable",
        "A variable file sets a variable that the root module does not declare. Terraform warns and ignores it, so the "
        "value has no effect; often the name is misspelt, and the variable that was meant keeps its default.",
    ),
    "IO001": (
        "File could not be read",
        "A file of the module is there and cannot be read: no permission, a dangling link, a link that leads outside "
        "of the checked tree, or not a regular file. It may hold anything, so the run is incomplete. "
        "`--allow-unparsed GLOB` accepts the gap, and every report says so.",
    ),
    "IO002": (
        "Unsupported file kind",
        "OpenTofu reads `.tofu` files in place of the `.tf` files of the same name. They are not evaluated, and so "
        "nothing can be said for a directory that holds one.",
    ),
    "PLAN001": (
        "Not a Terraform plan",
        "The file is neither a binary plan (`terraform plan -out=tfplan`) nor the JSON of a plan or a state "
        "(`terraform show -json`), so nothing in it can be judged. Often another program's output stands before the "
        "JSON, such as the line that the wrapper of setup-terraform prints (`terraform_wrapper: false` ends that), or "
        "the file is a raw `terraform.tfstate`, which `terraform show -json` turns into JSON.",
    ),
    "PLAN002": (
        "Invalid or truncated JSON",
        "The JSON ends too early or is none at the place that is named, as when a download, a disk or a pipe broke "
        "off. Nothing of the plan is judged: what is missing may be the table that matters. Write it again with "
        "`terraform show -json tfplan > plan.json`, under `set -o pipefail`.",
    ),
    "PLAN003": (
        "Log of terraform plan -json",
        "`terraform plan -json` prints a log, one JSON object per line, and not the plan. Write the plan with "
        "`terraform plan -out=tfplan` and check `tfplan`, or what `terraform show -json tfplan` prints.",
    ),
    "PLAN004": (
        "Unsupported plan format",
        "The plan has no format version, or one of another major version. Terraform asks readers to refuse those, as "
        "what they know may have moved. Use a version of ddbaudit that knows the format.",
    ),
    "PLAN005": (
        "Newer plan format",
        "The plan's format has a newer minor version than those known here. Terraform only adds to a format within a "
        "major version, so the plan is judged; what was added is not looked at.",
    ),
    "PLAN006": (
        "Duplicate key",
        "A key stands twice in one JSON object. Terraform never writes that, and most readers silently take the last "
        "one, which can hide a whole plan. Write the plan again.",
    ),
    "PLAN007": (
        "Limit exceeded",
        "The plan is nested deeper, or holds larger numbers, values or files, than any that Terraform writes. It is "
        "not read any further, so that no input can exhaust the machine.",
    ),
    "PLAN008": (
        "Encoding",
        "The plan is not UTF-8, nor UTF-16 or UTF-32 with a byte order mark. PowerShell's `>` writes UTF-16: with its "
        "mark it is read, without it nobody can be sure. Write the plan with `| Out-File -Encoding utf8`.",
    ),
    "PLAN010": (
        "Errored plan",
        "Terraform stopped with an error while it planned, and still wrote what it had. The resources behind the error "
        "are missing from the plan, so it says nothing of them. Correct the error that `terraform plan` prints.",
    ),
    "PLAN011": (
        "Partial plan",
        "Resources of the configuration are not in the plan, usually because it was made with `-target`. They are not "
        "judged. Plan everything, or accept the gap with `--allow-partial-plan`, which every report says.",
    ),
    "PLAN012": (
        "Deferred changes",
        "Terraform has put off the planning of some resources until others are applied. They are not judged. Apply and "
        "plan again, or accept the gap with `--allow-partial-plan`, which every report says.",
    ),
    "PLAN013": (
        "Nothing was planned",
        "The plan holds no resource although some are configured, as with `-refresh-only`, or the state is empty. "
        "Nothing is judged. Make an ordinary plan with `terraform plan -out=tfplan`.",
    ),
    "PLAN014": (
        "Plan and source disagree",
        "The plan was made from another configuration than the one at hand: one of them is stale. Findings hold for a "
        "mixture that nobody will apply, so the run is incomplete. Plan again, or check out the commit of the plan.",
    ),
    "PLAN015": (
        "Binary plan could not be read",
        "A part of the binary plan is damaged, or of a kind that is not known here. Turn it into JSON with the "
        "Terraform that made it, `terraform show -json tfplan > plan.json`, and check that with `--source DIR`.",
    ),
    "PLAN016": (
        "Value of another schema",
        "A value in the plan has another type than the schema of the AWS provider says that is known here, as when the "
        "plan was made with another major version. What rules find there may be wrong, so the run is incomplete. Use a "
        "version of ddbaudit that knows the provider's.",
    ),
    "SUP001": (
        "Suppression not understood",
        "A comment is addressed to ddbaudit and is no suppression that can be understood: a rule that does not exist, "
        "a wildcard, no reason, a day that is none. It suppresses nothing, and the run fails. Write it as "
        '`# ddbaudit: ignore[DDB101] reason="…" until=2027-01-31 env=dev`; docs/suppressions.md says more.',
    ),
    "SUP002": (
        "Expired suppression",
        "The last day of a suppression is over, and what it was written for is still there. The finding counts again, "
        "and the run fails whatever its severity. Mend what is found, or decide anew until when it may stay.",
    ),
    "SUP003": (
        "Suppression not allowed",
        "The pack says `suppressible: false` for this rule, here or in this environment, so that no comment and no "
        "baseline can hide what it finds. The finding counts, and the run fails. Mend what is found, or change the "
        "pack.",
    ),
    "SUP004": (
        "Unused suppression",
        "A comment suppresses a rule that ran and finds nothing in what the comment is about: the line that it stands "
        "on or directly above, with the argument, block or module call that begins there. Remove it, before it hides "
        "what it was never meant for; or move it to where the finding is.",
    ),
    "SUP005": (
        "Fixed entries in the baseline",
        "Findings that the baseline knows are found no more in the root modules that were checked. Take their entries "
        "out with `ddbaudit baseline prune`, so that they do not hide the same mistake when it is made again.",
    ),
    "CFG001": (
        "Unused configuration",
        "A glob in ddbaudit.toml matches no root module that is checked now. Globs are matched against the directories "
        "of root modules, relative to the configuration file. Correct it, or ignore the warning when only a part of "
        "the tree is checked. Globs that begin with another directory than the checked one are not spoken of.",
    ),
    "POL001": (
        "Rule without a subject",
        "Rules from files of your own found nothing to judge: there is no resource of the type that they are about, or "
        "their `when` or `environments` leaves all of them out. Often a name in the rule is misspelt. Ignore the "
        "warning when only a part of the tree is checked.",
    ),
    "POL002": (
        "Data source not shown",
        "A rule is about a data source that the configuration has and a plan without its source does not show. It "
        "cannot be judged, and the run is incomplete. Give the configuration that the plan was made of with "
        "`--source DIR`.",
    ),
}


def explanation(code: str) -> str:
    """The page of a code as plain text."""
    import textwrap

    title, paragraph = CODES[code]
    body = textwrap.fill(paragraph, 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return f"{code} {title}\n\n{body}\n"
