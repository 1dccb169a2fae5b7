# Prints infra/template.yaml as CloudFormation would get it from the SAM
# transform. The translator wants every file of the template in S3: each path is
# given as a key of the bucket "local", where whoever reads the answer finds it
# again.
#
#   python translate.py TEMPLATE REGION
import json
import sys
from pathlib import Path

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

path, region = sys.argv[1], sys.argv[2]
template = yaml_parse(Path(path).read_text())
for resource in template["Resources"].values():
    properties = resource.get("Properties", {})
    for name in ("CodeUri", "DefinitionUri"):
        if isinstance(properties.get(name), str):
            properties[name] = "s3://local/" + properties[name]
session = boto3.Session(region_name=region, aws_access_key_id="none", aws_secret_access_key="none")
try:
    out = Translator({}, Parser(), boto_session=session).translate(template, parameter_values={})
except InvalidDocumentException as e:
    sys.exit("; ".join(c.message for c in e.causes) or e.message)
json.dump(out, sys.stdout)
