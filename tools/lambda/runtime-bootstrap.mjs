/**
 * What runs inside a function's process: loads the handler, then asks the runtime API for one event after the other, as Lambda's own runtime does
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Started by runtime-api.ts; knows nothing of LeadLoop.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Not an import: that reads every export of node:http, and with it loads Node's whole fetch, 40 ms that Lambda's runtime, whose client is native, does not take.
const { Agent, request } = process.getBuiltinModule("node:http");

const { AWS_LAMBDA_RUNTIME_API: api, _HANDLER: wanted, LAMBDA_TASK_ROOT: root } = process.env;
const agent = new Agent({ keepAlive: true });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request(`http://${api}/2018-06-01/runtime/${path}`, { method, agent }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(parts).toString("utf8") }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function asError(error) {
  return JSON.stringify({
    errorType: error?.name ?? "Error",
    errorMessage: String(error?.message ?? error),
    trace: [],
  });
}

const dot = wanted.lastIndexOf(".");
let handler;
try {
  handler = (await import(pathToFileURL(join(root, `${wanted.slice(0, dot)}.mjs`)).href))[wanted.slice(dot + 1)];
  if (typeof handler !== "function") throw new Error(`${wanted} is not exported`);
} catch (error) {
  console.error(error);
  await call("POST", "init/error", asError(error));
  process.exit(1);
}

for (;;) {
  const { headers, body } = await call("GET", "invocation/next");
  const id = headers["lambda-runtime-aws-request-id"];
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const context = {
    awsRequestId: id,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: "$LATEST",
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const answer = await handler(JSON.parse(body), context);
    await call("POST", `invocation/${id}/response`, JSON.stringify(answer) ?? "null");
  } catch (error) {
    await call("POST", `invocation/${id}/error`, asError(error));
  }
}
