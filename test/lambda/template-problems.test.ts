/** The check of CloudFormation templates finds each kind of mistake that it is there for. */
import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import { expect, test } from "vitest";
import { templateProblems } from "../../tools/lambda/template-problems.ts";

const specification = await loadAwsServiceSpec();

/** A text with CloudFormation's own placeholder: `sub("Bucket", "/*")` is `${Bucket}/*`. */
const sub = (name: string, rest = "") => ({ "Fn::Sub": `\${${name}}${rest}` });
const lambda = {
  Type: "AWS::Lambda::Function",
  Properties: {
    Code: { S3Bucket: { Ref: "Bucket" }, S3Key: "sync.zip" },
    Runtime: "nodejs24.x",
    Timeout: 900,
    Role: { "Fn::GetAtt": ["Role", "Arn"] },
  },
};
const role = (more: object = {}) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {},
    Policies: [
      {
        PolicyName: "p",
        PolicyDocument: {
          Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: sub("Bucket.Arn", "/*"), ...more }],
        },
      },
    ],
  },
});
const sound = { Bucket: { Type: "AWS::S3::Bucket" }, Role: role(), Sync: lambda };
const withFunction = (properties: object) => ({
  ...sound,
  Sync: { ...lambda, Properties: { ...lambda.Properties, ...properties } },
});
const withRole = (more: object) => ({ ...sound, Role: role(more) });

test("a sound template has no problems", () => {
  expect(templateProblems({ Resources: sound }, specification)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ["a type that is none", { ...sound, Queue: { Type: "AWS::SQS::Line" } }, /no resource of type AWS::SQS::Line/],
  ["a property that is none", withFunction({ TimeOut: 3 }), /Sync: there is no property TimeOut/],
  ["one inside a property", withFunction({ Code: { S3Kee: "x" } }), /Sync\.Code: there is no property S3Kee/],
  ["a property that is missing", withFunction({ Role: undefined }), /Sync: Role is missing/],
  ["a text where a number belongs", withFunction({ Timeout: "long" }), /Sync\.Timeout must be of type integer/],
  ["one value where a list belongs", withFunction({ Layers: "layer" }), /Sync\.Layers must be a list/],
  ["a runtime that is none", withFunction({ Runtime: "nodejs99.x" }), /nodejs99\.x is no runtime/],
  ["a dangling Ref", withFunction({ Code: { S3Bucket: { Ref: "Bukket" } } }), /there is no Bukket to refer to/],
  ["a dangling GetAtt", withFunction({ Role: { "Fn::GetAtt": ["Rol", "Arn"] } }), /there is no Rol to refer to/],
  ["an attribute that is none", withFunction({ Role: { "Fn::GetAtt": ["Role", "Arm"] } }), /Role has no attribute Arm/],
  ["a dangling Sub", withFunction({ Description: sub("Buckett") }), /there is no Buckett to refer to/],
  ["a condition that is none", { ...sound, Sync: { ...lambda, Condition: "Sunny" } }, /there is no condition Sunny/],
  ["a dependency that is none", { ...sound, Sync: { ...lambda, DependsOn: ["Log"] } }, /there is no Log to refer to/],
  ["a role for every action", withRole({ Action: "s3:*" }), /the action s3:\* is for everything/],
  ["a role for every resource", withRole({ Resource: "*" }), /s3:PutObject on "\*" is for everything/],
  ["a role for every secret", withRole({ Resource: "arn:aws:secretsmanager:::secret:*" }), /is for everything/],
  [
    "a policy beside the roles for every topic",
    {
      ...sound,
      More: {
        Type: "AWS::IAM::Policy",
        Properties: {
          PolicyName: "more",
          Roles: ["r"],
          PolicyDocument: {
            Statement: [
              { Effect: "Allow", Action: "sns:Publish", Resource: { "Fn::If": ["Here", "arn:aws:sns:::mine", "*"] } },
            ],
          },
        },
      },
    },
    /sns:Publish on .* is for everything/,
  ],
  ["a statement without a resource", withRole({ Resource: undefined }), /names no resource/],
])("%s is found", (_what, resources, problem) => {
  expect(templateProblems({ Resources: resources }, specification).join("\n")).toMatch(problem);
});
