// A conversation by the library that VS Code's own client is built on. `client.js FOLDER`.
const { spawn } = require("child_process");
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const assert = require("assert");
const lsp = require("vscode-languageserver-protocol/node");

const folder = process.argv[2];
const text = 'let lib = import "lib.ncl" in\n{ port = lib.port, size = prt }\n';
fs.writeFileSync(path.join(folder, "lib.ncl"), '{ port | Number | doc "here" = 80 }\n');
const uri = pathToFileURL(path.join(folder, "main.ncl")).href;

const server = spawn(process.env.PROVISIONING, ["lsp", "--stdio"]);
const connection = lsp.createProtocolConnection(
  new lsp.StreamMessageReader(server.stdout),
  new lsp.StreamMessageWriter(server.stdin)
);
const told = new Promise((resolve) =>
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, resolve)
);
connection.listen();

async function talk() {
  const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
    processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: {},
  });
  assert(capabilities.hoverProvider && capabilities.renameProvider && capabilities.inlayHintProvider);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "nickel", version: 1, text },
  });
  const { diagnostics } = await told;
  assert.deepStrictEqual(diagnostics.map((one) => one.code), ["TypecheckError::UnboundIdentifier"]);
  const place = { textDocument: { uri }, position: { line: 1, character: 15 } };
  const hover = await connection.sendRequest(lsp.HoverRequest.type, place);
  assert(hover.contents.value.includes("here"));
  const edits = await connection.sendRequest(lsp.DocumentFormattingRequest.type, {
    textDocument: { uri }, options: { tabSize: 2, insertSpaces: true },
  });
  assert(Array.isArray(edits));
  const completion = await connection.sendRequest(lsp.CompletionRequest.type, place);
  assert((completion.items ?? completion).some((item) => item.label === "port"));
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
}

const late = setTimeout(() => { throw new Error("no answer for 60 s"); }, 60000);
server.on("exit", (code) => { clearTimeout(late); process.exit(code === 0 ? process.exitCode ?? 0 : 1); });
talk().catch((error) => { console.error(error); process.exitCode = 1; server.kill(); });
