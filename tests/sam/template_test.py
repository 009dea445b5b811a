# SPDX-License-Identifier: Apache-2.0
"""deploy/sam/template.yaml: what the sample stack r53resolver-query-log-parser promised is there, each role may do
what it must and no more, and nothing holds data in the open. Exit status 77: cfn-lint is not installed."""
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import cfnlint.decode.cfn_yaml
    from samtranslator.translator.transform import transform
except ImportError:
    print("skipped: Python's cfn-lint is not installed")
    sys.exit(77)

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # SAM's translator wants one
SOURCE = pathlib.Path(__file__).resolve().parents[2]
SAM = SOURCE / "deploy" / "sam"
TEMPLATE = cfnlint.decode.cfn_yaml.load(str(SAM / "template.yaml"))
RESOURCES = TEMPLATE["Resources"]

# The sample stack's parameters and defaults, but for the slashes that make a day a folder.
REFERENCE_PARAMETERS = {
    "DDBInterestingDomainsTable": "interesting-domains-table",
    "S3InterestingDomainsBucketName": "interesting-domains-bucket",
    "S3DNSLogsBucketName": "dns-logs-output",
    "StreamProcessorMemorySize": 256,
    "StreamProcessorTimeout": 120,
    "StreamOutput3Prefix": "dns-query-logs/!{timestamp:yyyy/MM/dd}/",
    "StreamOutputErrorPrefix": "delivery-failures/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
    "StreamOutputCompressionFormat": "GZIP",
    "StreamBufferingInterval": 60,
    "StreamBufferSize": 1,
    "SNStopicName": "dns-logs-match-topic",
    "SNSinUse": "Y",
}
# Its logical ids, and the types that they have once SAM has expanded them.
REFERENCE_RESOURCES = {
    "InterestingDomainsDynamoDBTable": "AWS::DynamoDB::Table",
    "DNSLogsDeliveryBucket": "AWS::S3::Bucket",
    "S3InterestingDomainsBucket": "AWS::S3::Bucket",
    "AlertOnMatchSNSTopic": "AWS::SNS::Topic",
    "StreamInlineProcessingFunction": "AWS::Lambda::Function",
    "DeliveryStream": "AWS::KinesisFirehose::DeliveryStream",
    "DNSLogsFirehoseRole": "AWS::IAM::Role",
    "DNSLogsFirehosePolicy": "AWS::IAM::Policy",
    "ImportInterestingDomainsListFunc": "AWS::Lambda::Function",
}
REFERENCE_OUTPUTS = {
    "ImportInterestingDomainsListFunctionOutput", "StreamInlineProcessingFunctionOutput",
    "KinesisFirehosestreamARNOutput", "DynamoDBTableOutput", "S3BucketDNSLogsOutput",
    "S3InterestingDomainsBucketOutput", "AlertOnMatchSNSTopicARNOutput",
}
# All that each role may do: role, action, resource as grant() below writes it. Widening a role means a new line.
GRANTS = {
    ("StreamInlineProcessingFunctionRole", "dynamodb:BatchGetItem", "table/${DDBInterestingDomainsTable}"),
    ("StreamInlineProcessingFunctionRole", "dynamodb:GetItem", "table/${DDBInterestingDomainsTable}"),
    ("StreamInlineProcessingFunctionRole", "kms:Decrypt", "KmsKeyArn"),
    ("StreamInlineProcessingFunctionRole", "kms:GenerateDataKey", "KmsKeyArn"),
    ("StreamInlineProcessingFunctionRole", "logs:CreateLogStream", "StreamProcessorLogGroup.Arn"),
    ("StreamInlineProcessingFunctionRole", "logs:PutLogEvents", "StreamProcessorLogGroup.Arn"),
    ("StreamInlineProcessingFunctionRole", "sns:Publish", "AlertOnMatchSNSTopic"),
    ("ImportInterestingDomainsListFuncRole", "dynamodb:BatchGetItem", "table/${DDBInterestingDomainsTable}"),
    ("ImportInterestingDomainsListFuncRole", "dynamodb:BatchWriteItem", "table/${DDBInterestingDomainsTable}"),
    ("ImportInterestingDomainsListFuncRole", "kms:Decrypt", "KmsKeyArn"),
    ("ImportInterestingDomainsListFuncRole", "kms:GenerateDataKey", "KmsKeyArn"),
    ("ImportInterestingDomainsListFuncRole", "lambda:InvokeFunction", "ImportInterestingDomainsListFunc.Arn"),
    ("ImportInterestingDomainsListFuncRole", "logs:CreateLogStream", "ImporterLogGroup.Arn"),
    ("ImportInterestingDomainsListFuncRole", "logs:PutLogEvents", "ImporterLogGroup.Arn"),
    ("ImportInterestingDomainsListFuncRole", "s3:GetObject", "s3:::${S3InterestingDomainsBucketName}/*"),
    ("ImportInterestingDomainsListFuncRole", "s3:GetObjectVersion", "s3:::${S3InterestingDomainsBucketName}/*"),
    ("ImportInterestingDomainsListFuncRole", "s3:ListBucket", "s3:::${S3InterestingDomainsBucketName}"),
    ("ImportInterestingDomainsListFuncRole", "s3:PutObject",
     "s3:::${S3InterestingDomainsBucketName}/${ReceiptPrefix}*"),
    ("ImportInterestingDomainsListFuncRole", "sqs:SendMessage", "ImporterDeadLetterQueue.Arn"),
    ("DNSLogsFirehoseRole", "glue:GetTable", "catalog"),
    ("DNSLogsFirehoseRole", "glue:GetTable", "database/${GlueDatabaseName}"),
    ("DNSLogsFirehoseRole", "glue:GetTable", "table/${GlueDatabaseName}/route53query"),
    ("DNSLogsFirehoseRole", "glue:GetTableVersion", "catalog"),
    ("DNSLogsFirehoseRole", "glue:GetTableVersion", "database/${GlueDatabaseName}"),
    ("DNSLogsFirehoseRole", "glue:GetTableVersion", "table/${GlueDatabaseName}/route53query"),
    ("DNSLogsFirehoseRole", "glue:GetTableVersions", "catalog"),
    ("DNSLogsFirehoseRole", "glue:GetTableVersions", "database/${GlueDatabaseName}"),
    ("DNSLogsFirehoseRole", "glue:GetTableVersions", "table/${GlueDatabaseName}/route53query"),
    ("DNSLogsFirehoseRole", "kms:Decrypt", "KmsKeyArn"),
    ("DNSLogsFirehoseRole", "kms:GenerateDataKey", "KmsKeyArn"),
    ("DNSLogsFirehoseRole", "lambda:GetFunctionConfiguration", "StreamInlineProcessingFunction.Arn"),
    ("DNSLogsFirehoseRole", "lambda:GetFunctionConfiguration", "${StreamInlineProcessingFunction.Arn}:$LATEST"),
    ("DNSLogsFirehoseRole", "lambda:InvokeFunction", "StreamInlineProcessingFunction.Arn"),
    ("DNSLogsFirehoseRole", "lambda:InvokeFunction", "${StreamInlineProcessingFunction.Arn}:$LATEST"),
    ("DNSLogsFirehoseRole", "logs:PutLogEvents", "log-group:${FirehoseLogGroup}:log-stream:${FirehoseLogStream}"),
    ("DNSLogsFirehoseRole", "s3:AbortMultipartUpload", "${DNSLogsDeliveryBucket.Arn}/*"),
    ("DNSLogsFirehoseRole", "s3:GetBucketLocation", "DNSLogsDeliveryBucket.Arn"),
    ("DNSLogsFirehoseRole", "s3:GetObject", "${DNSLogsDeliveryBucket.Arn}/*"),
    ("DNSLogsFirehoseRole", "s3:ListBucket", "DNSLogsDeliveryBucket.Arn"),
    ("DNSLogsFirehoseRole", "s3:ListBucketMultipartUploads", "DNSLogsDeliveryBucket.Arn"),
    ("DNSLogsFirehoseRole", "s3:PutObject", "${DNSLogsDeliveryBucket.Arn}/*"),
}


def as_list(value):
    return value if isinstance(value, list) else [value]


def of_type(kind):
    return {name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == kind}


def statements(document):
    """With those that a condition adds, as if it held."""
    for statement in document["Statement"]:
        yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def resource_text(resource):
    """{"Fn::Sub": "arn:…:table/${T}"} -> table/${T}; {"Fn::GetAtt": ["R", "Arn"]} -> R.Arn; {"Ref": "R"} -> R."""
    if "Fn::Sub" in resource:
        return re.sub(r"^arn:\$\{AWS::Partition\}:(s3:::|[a-z]+:\$\{AWS::Region\}:\$\{AWS::AccountId\}:)",
                      lambda match: "s3:::" if match[1] == "s3:::" else "", resource["Fn::Sub"])
    if "Fn::GetAtt" in resource:
        return ".".join(as_list(resource["Fn::GetAtt"]))
    return resource["Ref"]


def policies():
    """(role, policy document) of every policy that a role has."""
    for role, properties in of_type("AWS::IAM::Role").items():
        for policy in properties.get("Policies", []):
            yield role, policy["PolicyDocument"]
    for properties in of_type("AWS::IAM::Policy").values():
        for role in properties["Roles"]:
            yield role["Ref"], properties["PolicyDocument"]


def expanded():
    """The template as CloudFormation sees it. SAM wants a place in S3 where code lies."""
    template = cfnlint.decode.cfn_yaml.load(str(SAM / "template.yaml"))
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    template["Globals"]["Function"]["Architectures"] = ["x86_64"]

    class NoManagedPolicies:
        def load(self):
            return {}

    return transform(template, {}, NoManagedPolicies())


class Contract(unittest.TestCase):
    def test_parameters_and_defaults_of_the_sample_stack(self):
        for name, default in REFERENCE_PARAMETERS.items():
            self.assertEqual(TEMPLATE["Parameters"][name].get("Default"), default, name)

    def test_every_parameter_has_a_default(self):
        for name, parameter in TEMPLATE["Parameters"].items():
            self.assertIn("Default", parameter, name)

    def test_logical_ids_of_the_sample_stack(self):
        resources = expanded()["Resources"]
        for name, kind in REFERENCE_RESOURCES.items():
            self.assertEqual(resources[name]["Type"], kind, name)

    def test_outputs_of_the_sample_stack(self):
        self.assertLessEqual(REFERENCE_OUTPUTS, set(TEMPLATE["Outputs"]))

    def test_what_would_replace_the_sample_stacks_resources_is_not_set(self):
        self.assertNotIn("DeliveryStreamType", RESOURCES["DeliveryStream"]["Properties"])
        self.assertNotIn("DeliveryStreamName", RESOURCES["DeliveryStream"]["Properties"])
        for function in of_type("AWS::Serverless::Function").values():
            self.assertNotIn("FunctionName", function)

    def test_environment_of_the_functions(self):
        shared = set(TEMPLATE["Globals"]["Function"]["Environment"]["Variables"])
        self.assertEqual(shared, {"INTERESTING_DOMAINS_TABLE", "AWS_CA_BUNDLE"})
        functions = of_type("AWS::Serverless::Function")
        self.assertEqual(set(functions["StreamInlineProcessingFunction"]["Environment"]["Variables"]),
                         {"SNS_TOPIC", "SNS_ON", "MATCH", "ANNOTATE", "NOTIFY", "CACHE_SECONDS"})
        self.assertEqual(set(functions["ImportInterestingDomainsListFunc"]["Environment"]["Variables"]),
                         {"KEEP", "LIST_FORMAT", "RECEIPT_PREFIX"})

    def test_buffer_size_bounds_what_the_function_gets(self):
        destination = RESOURCES["DeliveryStream"]["Properties"]["ExtendedS3DestinationConfiguration"]
        (processor,) = destination["ProcessingConfiguration"]["Processors"]
        parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor["Parameters"]}
        self.assertEqual(parameters["BufferSizeInMBs"], {"Ref": "StreamBufferSize"})
        bounds = TEMPLATE["Parameters"]["StreamBufferSize"]
        self.assertEqual((bounds["MinValue"], bounds["MaxValue"]), (0.2, 3))
        self.assertNotIn("StreamBufferSize", str(destination["BufferingHints"]))

    def test_makefile_builds_every_function_for_every_architecture(self):
        makefile = (SAM / "Makefile").read_text()
        for name in of_type("AWS::Serverless::Function"):
            self.assertIn(f"build-{name}: PROGRAM = ", makefile)
        for architecture in TEMPLATE["Parameters"]["Architecture"]["AllowedValues"]:
            self.assertTrue((SAM / architecture / "architecture.mk").is_file(), architecture)

    def test_makefile_refuses_another_architecture_than_the_machines(self):
        if not shutil.which("make"):
            self.skipTest("make is not installed")
        for architecture, machine in {"x86_64": "x86_64", "arm64": "aarch64"}.items():
            def make(*arguments):
                return subprocess.run(["make", "--file", SAM / "Makefile", *arguments], cwd=SAM / architecture,
                                      capture_output=True, text=True, check=False)

            plan = make("--dry-run", "ARTIFACTS_DIR=artifacts", "build-StreamInlineProcessingFunction").stdout
            self.assertIn(f"{SAM}/package {SOURCE}/build/release/lambda/stream_processor artifacts", plan)
            check = make(f"host-is-{machine}")
            self.assertEqual(check.returncode == 0, machine == platform.machine(), check.stdout)
            if check.returncode != 0:
                self.assertIn(f"The functions are to run on {machine}, and this machine is", check.stderr)
                # Building asks that question first.
                self.assertIn(check.stderr.split(":")[0], plan.replace("\n", " "))


class LeastPrivilege(unittest.TestCase):
    def test_roles_may_do_what_the_table_says_and_no_more(self):
        granted = set()
        for role, document in policies():
            for statement in statements(document):
                self.assertEqual(statement["Effect"], "Allow")
                for action in as_list(statement["Action"]):
                    for resource in as_list(statement["Resource"]):
                        granted.add((role, action, resource_text(resource)))
        self.assertEqual(granted - GRANTS, set(), "granted beyond the table")
        self.assertEqual(GRANTS - granted, set(), "in the table only")

    def test_no_wildcard_but_for_a_buckets_objects(self):
        for role, action, resource in GRANTS:
            self.assertNotIn("*", action, role)
            if "*" in resource:
                self.assertRegex(resource, 
                                 r"^(s3:::\$\{\w+\}|\$\{DNSLogsDeliveryBucket\.Arn\})/(\$\{ReceiptPrefix\})?\*$")
                self.assertTrue(action.startswith("s3:"), action)

    def test_keys_are_used_through_named_services_only(self):
        for role, document in policies():
            for statement in statements(document):
                if any(action.startswith("kms:") for action in as_list(statement["Action"])):
                    self.assertIn("kms:ViaService", statement["Condition"]["StringEquals"], role)

    def test_sam_adds_no_role_and_no_managed_policy(self):
        resources = expanded()["Resources"]
        roles = {name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"}
        self.assertEqual(roles, set(of_type("AWS::IAM::Role")))
        for name in roles:
            self.assertNotIn("ManagedPolicyArns", resources[name]["Properties"])

    def test_each_role_is_for_one_service(self):
        for name, properties in of_type("AWS::IAM::Role").items():
            (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
            self.assertIn(statement["Principal"]["Service"], ("lambda.amazonaws.com", "firehose.amazonaws.com"), name)


class Protection(unittest.TestCase):
    def test_data_outlives_the_stack(self):
        for kind in ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SQS::Queue"):
            for name in of_type(kind):
                self.assertEqual(RESOURCES[name].get("DeletionPolicy"), "Retain", name)
                self.assertEqual(RESOURCES[name].get("UpdateReplacePolicy"), "Retain", name)

    def test_buckets_are_closed_and_encrypted(self):
        for name, bucket in of_type("AWS::S3::Bucket").items():
            block = bucket["PublicAccessBlockConfiguration"]
            self.assertEqual(set(block.values()), {True}, name)
            self.assertEqual(len(block), 4, name)
            self.assertEqual(bucket["OwnershipControls"]["Rules"], [{"ObjectOwnership": "BucketOwnerEnforced"}])
            self.assertTrue(bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"], name)

    def test_plain_connections_are_refused(self):
        kinds = {"AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
                 "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
                 "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues")}
        for kind, (policy_kind, key) in kinds.items():
            refusing = [as_list(policy[key])[0]["Ref"] for policy in of_type(policy_kind).values()
                        for statement in policy["PolicyDocument"]["Statement"]
                        if statement["Effect"] == "Deny"
                        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}]
            self.assertEqual(sorted(refusing), sorted(of_type(kind)))

    def test_table_can_be_restored(self):
        (table,) = of_type("AWS::DynamoDB::Table").values()
        self.assertEqual(table["PointInTimeRecoverySpecification"], {"PointInTimeRecoveryEnabled": True})
        self.assertIs(table["DeletionProtectionEnabled"], True)

    def test_the_key_is_used_everywhere(self):
        uses = {name for name, resource in RESOURCES.items() if "'KmsKeyArn'" in str(resource)}
        data = {name for kind in ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SNS::Topic", "AWS::SQS::Queue",
                                  "AWS::Logs::LogGroup", "AWS::KinesisFirehose::DeliveryStream") for name in of_type(kind)}
        self.assertLessEqual(data, uses)

    def test_logs_expire_and_are_the_functions_own(self):
        for name, group in of_type("AWS::Logs::LogGroup").items():
            self.assertEqual(group["RetentionInDays"], {"Ref": "LogRetentionDays"}, name)
        for name, function in of_type("AWS::Serverless::Function").items():
            self.assertIn(function["LoggingConfig"]["LogGroup"]["Ref"], of_type("AWS::Logs::LogGroup"), name)

    def test_failed_imports_are_kept(self):
        importer = RESOURCES["ImportInterestingDomainsListFunc"]["Properties"]
        self.assertEqual(importer["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"],
                         {"Fn::GetAtt": ["ImporterDeadLetterQueue", "Arn"]})

    def test_every_alarm_tells_somebody(self):
        alarms = of_type("AWS::CloudWatch::Alarm")
        self.assertGreaterEqual(len(alarms), 10)
        for name, alarm in alarms.items():
            self.assertEqual(alarm["AlarmActions"], [{"Ref": "AlarmSNSTopic"}], name)
            self.assertEqual(alarm["TreatMissingData"], "notBreaching", name)


class Documentation(unittest.TestCase):
    TEXT = (SOURCE / "docs" / "aws.md").read_text()

    def test_every_parameter_is_in_the_table_with_its_default(self):
        rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? ?\|", self.TEXT, re.MULTILINE))
        defaults = {name: str(parameter["Default"]) for name, parameter in TEMPLATE["Parameters"].items()}
        self.assertEqual({name: rows.get(name) for name in defaults}, defaults)

    def test_costs_are_what_the_program_prints(self):
        table = subprocess.run([sys.executable, SAM / "cost"], check=True, capture_output=True, text=True).stdout
        self.assertIn(table, self.TEXT)

    def test_outputs_and_files_that_it_names_are_there(self):
        for name in re.findall(r"\b\w+Output\b", self.TEXT):
            self.assertIn(name, TEMPLATE["Outputs"])
        for name in re.findall(r"`deploy/sam/([\w./]+)`", self.TEXT):
            self.assertTrue((SAM / name).exists(), name)


class Lint(unittest.TestCase):
    def test_cfn_lint(self):
        run = subprocess.run([sys.executable, "-c", "from cfnlint.runner import main; main()", SAM / "template.yaml"],
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_sam_validate(self):
        sam = shutil.which("sam", path=SOURCE / "build/sam-venv/bin") or shutil.which("sam")
        if not sam:
            self.skipTest("the AWS SAM CLI is not installed")
        with tempfile.TemporaryDirectory() as home:
            run = subprocess.run([sam, "validate", "--lint", "--region", "us-east-1", "--template",
                                  SAM / "template.yaml"], capture_output=True, text=True, check=False,
                                 env={**os.environ, "SAM_CLI_TELEMETRY": "0", "HOME": home})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
